using System.Globalization;
using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Errors;

/// <summary>Writes an error as a whole response. Requires that the response has not started.</summary>
internal static class ApiError
{
    private const int RetryAfterSeconds = 1;

    public static Task WriteAsync(HttpContext context, WireError error)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Code.Status;
        if (error.Code == ErrorCode.InvalidAuthentication)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (error.Code == ErrorCode.EngineOverloaded || error.Code == ErrorCode.ServerUnavailable)
        {
            response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }

        if (error.Code == ErrorCode.RequestTooLarge)
        {
            // The rest of the body stays unread, so the connection cannot carry another request.
            response.Headers.Connection = "close";
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(error.ToReply(), WireJson.Wire.ErrorReply);
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length);
    }
}
