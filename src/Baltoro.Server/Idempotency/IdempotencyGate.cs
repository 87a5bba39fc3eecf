using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Baltoro.Platform.Idempotency;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Baltoro.Server.Idempotency;

/// <summary>
/// <c>Idempotency-Key</c> on routes marked with <see cref="IdempotentRoute"/>. The first request runs to its end, also when its client goes
/// away, and its answer (2xx only) is kept for 24 hours, before its last bytes are sent; a repeat gets the same bytes if its caller
/// might still make the request afresh. While it runs a repeat gets 409, and another request under the same key 422. A refused request
/// forgets its key.
/// </summary>
internal sealed class IdempotencyGate(ServerServices services, ServerOptions options, ILogger<IdempotencyGate> logger) : IMiddleware
{
    private const string Header = "Idempotency-Key";
    private const string ReplayedHeader = "idempotency-replayed";
    private const string OwnHeaders = "x-baltoro-";
    private const string RetryAfterSeconds = "1";

    /// <summary>How long the end of an answer waits for its being kept; a store that hangs longer costs the replay.</summary>
    private static readonly TimeSpan MostKeeping = TimeSpan.FromSeconds(10);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        StringValues sent = context.Request.Headers[Header];
        if (sent.Count == 0 || !HttpMethods.IsPost(context.Request.Method) || services.Responses is not { } kept
            || context.GetEndpoint()?.Metadata.GetMetadata<IdempotentRoute>() is not { } route
            || await route.Scope(context).ConfigureAwait(false) is not { } scope)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        WireError? error = await RunAsync(context, next, kept, route, scope, sent.ToString()).ConfigureAwait(false);
        if (error is not null)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    private async Task<WireError?> RunAsync(
        HttpContext context, RequestDelegate next, KeptResponses kept, IdempotentRoute route, string scope, string key)
    {
        if (!KeptResponses.IsKey(key))
        {
            return WireError.Exact(string.Create(
                CultureInfo.InvariantCulture,
                $"Invalid request: {Header} must have 1 to {KeptResponses.MaxKeyChars} printable ASCII characters, found {key.Length}"));
        }

        (ReadOnlyMemory<byte> body, WireError? error) =
            await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes, context.RequestAborted).ConfigureAwait(false);
        if (error is not null)
        {
            return error;
        }

        context.Request.Body = StreamOf(body);
        RepeatDecision decision =
            await kept.BeginAsync(scope, key, FingerprintOf(context.Request, body.Span), CancellationToken.None).ConfigureAwait(false);
        switch (decision.Code)
        {
            case RepeatCode.Run when decision.Ticket is { } ticket:
                await RecordAsync(context, next, kept, ticket).ConfigureAwait(false);
                return null;
            case RepeatCode.Replay when decision.Response is { } response:
                if (await route.MayRepeat(context).ConfigureAwait(false))
                {
                    await ReplayAsync(context, response).ConfigureAwait(false);
                }

                return null;
            case RepeatCode.Running:
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                return new WireError(ErrorCode.IdempotencyRunning, $"The first request with this {Header} is still running, please try again later");
            case RepeatCode.OtherContent:
                return new WireError(
                    ErrorCode.IdempotencyKeyReused, $"This {Header} was used for another request; a key stands for one route and one body for 24 hours");
            default:
                return new WireError(
                    ErrorCode.IdempotencyNotKept, $"The request with this {Header} was answered, but its answer was too large to be kept; nothing was charged now");
        }
    }

    private async Task RecordAsync(HttpContext context, RequestDelegate next, KeptResponses kept, ResponseTicket ticket)
    {
        IFeatureCollection features = context.Features;
        IHttpRequestLifetimeFeature client = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        IHttpResponseBodyFeature body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        IdempotentRun run = new(ticket.RunId);
        await using RecordedStream stream = new(
            body.Stream, client.RequestAborted, KeptResponses.MaxContentBytes, () => run.IsEnding || context.Response.ContentLength is not null);
        StreamResponseBodyFeature recorded = new(stream, body);
        bool isDone = false;
        features.Set<IHttpRequestLifetimeFeature>(new DetachedLifetime(client));
        features.Set<IHttpResponseBodyFeature>(recorded);
        features.Set(run);
        try
        {
            await using TicketKeeper keeper = new(kept, ticket, services.Clock, logger);
            await next(context).ConfigureAwait(false);
            await recorded.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            isDone = !run.HasFailed;
        }
        finally
        {
            features.Set(body);
            features.Set(client);
            await EndAsync(context.Response, kept, ticket, isDone ? stream : null).ConfigureAwait(false);
        }

        await stream.SendRestAsync().ConfigureAwait(false);
    }

    /// <summary>Keeps what was charged, forgets what was refused, leaves the rest to the next attempt. A store that fails or hangs costs the replay, never the answer.</summary>
    private async ValueTask EndAsync(HttpResponse response, KeptResponses kept, ResponseTicket ticket, RecordedStream? stream)
    {
        try
        {
            bool isAnswered = stream is not null && response.StatusCode is >= StatusCodes.Status200OK and < StatusCodes.Status300MultipleChoices;
            bool isRefused = stream is not null && response.StatusCode is >= StatusCodes.Status400BadRequest and < StatusCodes.Status500InternalServerError;
            ValueTask end = isAnswered ? kept.CompleteAsync(ticket, ResponseOf(response, stream?.Kept), CancellationToken.None)
                : isRefused ? kept.ForgetAsync(ticket, CancellationToken.None)
                : kept.ReleaseAsync(ticket, CancellationToken.None);
            await end.AsTask().WaitAsync(MostKeeping, services.Clock).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            ServerLog.KeptResponseFailed(logger, "end", fault);
        }
    }

    private static KeptResponse ResponseOf(HttpResponse response, ReadOnlyMemory<byte>? body) => body is { } bytes
        ? new KeptResponse(
            response.StatusCode,
            [.. response.Headers.Where(header => IsKept(header.Key)).Select(header => (header.Key, header.Value.ToString()))],
            bytes)
        : KeptResponse.TooLarge;

    private static bool IsKept(string header) =>
        header.StartsWith(OwnHeaders, StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.ContentType, StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.CacheControl, StringComparison.OrdinalIgnoreCase)
        || header.Equals(HeaderNames.Location, StringComparison.OrdinalIgnoreCase);

    private static async Task ReplayAsync(HttpContext context, KeptResponse kept)
    {
        HttpResponse response = context.Response;
        response.StatusCode = kept.Status;
        foreach ((string name, string value) in kept.Headers)
        {
            response.Headers[name] = value;
        }

        response.Headers[ReplayedHeader] = "true";
        response.ContentLength = kept.Body.Length;
        await response.Body.WriteAsync(kept.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> body) => MemoryMarshal.TryGetArray(body, out ArraySegment<byte> bytes)
        ? new MemoryStream(bytes.Array ?? [], bytes.Offset, bytes.Count, writable: false)
        : new MemoryStream(body.ToArray(), writable: false);

    private static byte[] FingerprintOf(HttpRequest request, ReadOnlySpan<byte> body)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}
