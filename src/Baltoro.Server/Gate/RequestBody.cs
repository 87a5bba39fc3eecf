using System.Buffers;
using System.Globalization;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Baltoro.Server.Gate;

/// <summary>Reads a whole request body within a bound. Memory grows with what really arrives, not with what is announced.</summary>
internal static class RequestBody
{
    private const int FirstBufferBytes = 16 * 1024;

    public static async ValueTask<(ReadOnlyMemory<byte> Body, WireError? Error)> ReadAsync(
        HttpRequest request, long limitBytes, CancellationToken cancellationToken)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            string found = JsonDescription.Cut(encoding);
            return (default, WireError.Exact($"Invalid request: Content-Encoding must be absent or identity, found '{found}'"));
        }

        if (request.ContentLength > limitBytes)
        {
            return (default, TooLarge(limitBytes));
        }

        BodyBudget.Share share = request.HttpContext.RequestServices.GetRequiredService<BodyBudget>().Of(request.HttpContext);
        ArrayBufferWriter<byte> buffer = new(FirstBufferBytes);
        try
        {
            while (true)
            {
                int readBytes = await request.Body.ReadAsync(buffer.GetMemory(1), cancellationToken).ConfigureAwait(false);
                if (readBytes == 0)
                {
                    return (buffer.WrittenMemory, null);
                }

                buffer.Advance(readBytes);
                if (buffer.WrittenCount > limitBytes)
                {
                    return (default, TooLarge(limitBytes));
                }

                if (!share.TryCover(buffer.WrittenCount))
                {
                    return (default, Crowded());
                }
            }
        }
        catch (BadHttpRequestException fault)
        {
            return (default, Explain(fault.StatusCode, limitBytes));
        }
        catch (IOException) when (!cancellationToken.IsCancellationRequested)
        {
            // Kestrel reports an overlong chunk size this way.
            return (default, Malformed());
        }
    }

    private static WireError Explain(int status, long limitBytes) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => TooLarge(limitBytes),
        StatusCodes.Status408RequestTimeout => new WireError(ErrorCode.RequestTimeout, "Invalid request: the body arrived too slowly"),
        _ => Malformed(),
    };

    private static WireError Crowded() => new(
        ErrorCode.EngineOverloaded, "The engine is currently overloaded: too many large requests are being read, please try again later");

    private static WireError Malformed() =>
        WireError.Exact("Invalid request: the body's transfer encoding is malformed or the body ended early");

    private static WireError TooLarge(long limitBytes) => new(
        ErrorCode.RequestTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"Invalid request: request entity too large, at most {limitBytes} bytes are accepted"));
}
