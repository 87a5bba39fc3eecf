using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Admin;

/// <summary>What the OpenAPI document says of a route.</summary>
internal static class AdminDocs
{
    /// <summary>Tag of every route that stands in the document.</summary>
    public const string Tag = "admin";

    /// <summary>Content type that stands for all.</summary>
    public const string AnyContent = "*/*";

    /// <summary>Describes a route whose handler reads and writes bodies itself.</summary>
    /// <param name="route">The route.</param>
    /// <param name="summary">One sentence.</param>
    /// <param name="reply">Type of the answer.</param>
    /// <param name="body">Type of the body, or null.</param>
    /// <param name="status">Status of the answer.</param>
    public static void Document(
        this IEndpointConventionBuilder route, string summary, Type reply, Type? body = null, int status = StatusCodes.Status200OK)
    {
        route.WithSummary(summary).WithTags(Tag);
        route.WithMetadata(new ProducesResponseTypeMetadata(status, reply, ["application/json"]));
        if (body is not null)
        {
            // Routing itself refuses other content types than these; like the rest of the API this one reads any as JSON.
            route.WithMetadata(new AcceptsMetadata(["application/json", AnyContent], body, isOptional: false));
        }

        // Without a method the API explorer takes the route for one that nobody described.
        route.Add(endpoint => endpoint.Metadata.Add(((RequestDelegate)EmptyAsync).Method));
    }

    private static Task EmptyAsync(HttpContext context) => Task.CompletedTask;
}
