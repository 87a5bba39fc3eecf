using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Baltoro.Server.Admin;

/// <summary>The OpenAPI document of the admin API, made from the routes themselves.</summary>
internal static class OpenApiRoute
{
    private const string Document = "admin";
    private const string KeyScheme = "key";

    /// <summary>Adds what makes the document.</summary>
    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, Protocol.Admin.AdminJson.Default);
        });
        services.AddOpenApi(Document, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = route => route.ActionDescriptor.EndpointMetadata.OfType<ITagsMetadata>()
                .Any(tags => tags.Tags.Contains(AdminDocs.Tag));
            options.AddDocumentTransformer((document, _, _) =>
            {
                Describe(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer((operation, context, _) =>
            {
                Describe(operation, context.Description.RelativePath ?? "", context.Description.HttpMethod ?? "");
                return Task.CompletedTask;
            });
        });
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/admin/v1/openapi.json", (RequestDelegate)WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        IOpenApiDocumentProvider provider = context.RequestServices.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document);
        OpenApiDocument document = await provider.GetOpenApiDocumentAsync(context.RequestAborted).ConfigureAwait(false);
        using MemoryStream body = new();
        await document.SerializeAsJsonAsync(body, OpenApiSpecVersion.OpenApi3_1, context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        body.Position = 0;
        await body.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Baltoro admin API",
            Version = "v1",
            Description = "Organizations, projects, members, keys, limits, money and the audit log. Errors come as "
                + "{\"error\": {\"message\", \"type\", \"param\", \"code\"}}; lists as {\"object\": \"list\", \"data\", \"first_id\", \"last_id\", \"has_more\"}.",
        };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[KeyScheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key sk-admin-…; the routes under /v1 take any key with the scope account.",
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, document)] = [] }];
    }

    /// <summary>Adds parameters of the path, and of the query where the route is a list.</summary>
    private static void Describe(OpenApiOperation operation, string path, string method)
    {
        operation.Parameters ??= [];
        operation.RequestBody?.Content?.Remove(AdminDocs.AnyContent);
        foreach (string part in path.Split('/').Where(part => part.StartsWith('{')))
        {
            Parameter(part.Trim('{', '}'), ParameterLocation.Path, JsonSchemaType.String, "");
        }

        bool isList = path.Split('/')[^1] is "organizations" or "projects" or "members" or "keys" or "audit" or "requests";
        if (isList && path.StartsWith("admin/", StringComparison.Ordinal) && method == HttpMethods.Get)
        {
            Parameter("limit", ParameterLocation.Query, JsonSchemaType.Integer, "1 to 500, 50 without it");
            Parameter("after", ParameterLocation.Query, JsonSchemaType.String, "id of the last entry of the page before");
        }

        if (method == HttpMethods.Get && path is "admin/v1/keys" or "admin/v1/audit" or "admin/v1/limits/requests")
        {
            Parameter("organization", ParameterLocation.Query, JsonSchemaType.String, "only of this organization");
        }

        void Parameter(string name, ParameterLocation place, JsonSchemaType type, string description)
        {
            if (!operation.Parameters.Any(known => known.Name == name))
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = place,
                    Required = place == ParameterLocation.Path,
                    Description = description.Length == 0 ? null : description,
                    Schema = new OpenApiSchema { Type = type },
                });
            }
        }
    }
}
