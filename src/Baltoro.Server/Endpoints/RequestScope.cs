using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// Around every request: a request id on every response, and the error envelope where nothing else answers (unknown
/// route, wrong method, a defect).
/// </summary>
internal sealed class RequestScope(ILogger<RequestScope> logger) : IMiddleware
{
    private const int MaxIdChars = 128;
    private const string IdHeader = "x-request-id";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        string id = AcceptId(context.Request.Headers[IdHeader].ToString()) ?? $"req_{Guid.NewGuid():N}";
        context.Response.Headers[IdHeader] = id;
        context.Response.Headers["Msh-Request-Id"] = id;
        try
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && context.Response.ContentLength is null && ErrorOf(context) is { } error)
            {
                await ApiError.WriteAsync(context, error).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; nobody reads an answer, and what ran has been settled.
            ServerLog.ClientLeft(logger, id);
        }
        catch (BadHttpRequestException) when (!context.Response.HasStarted)
        {
            await ApiError.WriteAsync(context, WireError.Exact("Invalid request: malformed HTTP request")).ConfigureAwait(false);
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            ServerLog.RequestFailed(logger, id, fault);
            await ApiError.WriteAsync(context, FaultMapper.Map(fault)).ConfigureAwait(false);
        }
    }

    private static string? AcceptId(string sent)
    {
        bool isSane = sent.Length is > 0 and <= MaxIdChars
            && sent.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':');
        return isSane ? sent : null;
    }

    private static WireError? ErrorOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => new WireError(
            ErrorCode.RouteNotFound, $"There is no route {context.Request.Method} {context.Request.Path}"),
        StatusCodes.Status405MethodNotAllowed => new WireError(
            ErrorCode.MethodNotAllowed,
            $"{context.Request.Path} does not accept {context.Request.Method}; allowed: {context.Response.Headers.Allow}"),
        _ => null,
    };
}
