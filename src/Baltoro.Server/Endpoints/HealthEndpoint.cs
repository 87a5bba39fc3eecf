using System.Text.Json;
using Baltoro.Protocol.Health;
using Baltoro.Protocol.Json;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary>Live: the process answers. Ready: requests can be served now; 503 while loading and while stopping.</summary>
internal sealed class HealthEndpoint(ModelDirectory models, DrainSignal drain)
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (string prefix in (string[])["", "/v1"])
        {
            routes.MapMethods($"{prefix}/health/live", Methods, (RequestDelegate)LiveAsync);
            routes.MapMethods($"{prefix}/health/ready", Methods, (RequestDelegate)ReadyAsync);
        }
    }

    private static Task LiveAsync(HttpContext context) =>
        WriteAsync(context, StatusCodes.Status200OK, "Service is live.");

    private Task ReadyAsync(HttpContext context) => models.IsReady && !drain.IsDraining
        ? WriteAsync(context, StatusCodes.Status200OK, "Service is ready.")
        : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "Service is not ready.");

    private static Task WriteAsync(HttpContext context, int status, string message)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(HealthReply.Of(message), WireJson.Wire.HealthReply);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, 0, body.Length);
    }
}
