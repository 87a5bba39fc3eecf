using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Ledger;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Idempotency;
using Baltoro.Server.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/chat/completions</c>. Stages, each of which may end the request with an error: 1 to 7 as in
/// <see cref="ChatCounter"/> · 8 admit: limits and money · 9 run (one finish, one settlement) · 10 stream or collect,
/// settled before the last byte goes out, so that a client that has its answer finds its limits free again.
/// </summary>
internal sealed class ChatEndpoint(
    ServerServices services,
    ServerOptions options,
    ChatCounter counter,
    ChatIntake intake,
    Authenticate authenticate,
    Admit admit,
    IRequestSettlement settlement,
    DrainSignal drain,
    ILogger<ChatEndpoint> logger)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/chat/completions", (RequestDelegate)HandleAsync).AcceptIdempotencyKey(authenticate.ScopeAsync, intake.MayRepeatAsync);

    private async Task HandleAsync(HttpContext context)
    {
        if (await RunAsync(context).ConfigureAwait(false) is { } error)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    /// <summary>All stages. An error is returned only while nothing has been sent.</summary>
    private async Task<WireError?> RunAsync(HttpContext context)
    {
        (CountedChat? counted, WireError? error) = await counter.ReadAsync(context).ConfigureAwait(false);
        if (counted is null)
        {
            return error;
        }

        AnswerHeaders.Set(context.Response, counted.Model.Backend.Name, counted.Budget.Notice, counted.Notice);
        (Reservation? reservation, WireError? refusal) =
            await admit.RunAsync(context, Admit.Describe(counted)).ConfigureAwait(false);
        return refusal ?? await AnswerAsync(context, counted, reservation).ConfigureAwait(false);
    }

    /// <summary>Stages 9 and 10. Nothing may fail between the admission and the run, which settles whatever happens.</summary>
    private async Task<WireError?> AnswerAsync(HttpContext context, CountedChat counted, Reservation? reservation)
    {
        ChatRequest request = counted.Mapped.Chat with { MaxCompletionTokens = counted.Budget.Tokens };
        string model = counted.Mapped.Wire.Model;
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        await using BackendRun run = new(
            counted.Model.Backend,
            request,
            (usage, end) => settlement.SettleAsync(new RequestOutcome(
                request.RequestId, counted.Caller, model, usage, end, reservation, Admit.ImagesOf(request))),
            logger,
            stop.Token);
        ReplyFrame frame = FrameOf(counted.Mapped.Wire, request) with
        {
            Fingerprint = Fingerprint.Of(counted.Model.Backend.Name),
            PromptTokens = counted.PromptTokens,
            Receipt = ReceiptHeader.Of(context.Response),
        };
        return counted.Mapped.Wire.Stream
            ? await StreamAsync(context, run, frame, stop.Token).ConfigureAwait(false)
            : await CollectAsync(context, run, frame).ConfigureAwait(false);
    }

    private ReplyFrame FrameOf(ChatCompletionRequest wire, ChatRequest request) => new(
        request.RequestId,
        services.Clock.GetUtcNow().ToUnixTimeSeconds(),
        wire.Model,
        request.ChoiceCount,
        request.Thinking,
        request.TopLogprobs is not null,
        wire.IncludeUsage)
    {
        IsLegacyFunctions = wire.IsLegacyFunctions,
        ContinuousUsage = wire.ContinuousUsage,
    };

    private async Task<WireError?> StreamAsync(HttpContext context, BackendRun run, ReplyFrame frame, CancellationToken stop)
    {
        using SilenceTimer silence = new(options.KeepAliveInterval, services.Clock, stop);
        using ChatStreamer streamer = new(context, run, output => new ChunkWriter(frame, output), silence, StopReason);
        return await streamer.RunAsync().ConfigureAwait(false);
    }

    private async Task<WireError?> CollectAsync(HttpContext context, BackendRun run, ReplyFrame frame)
    {
        (ChatReply? reply, WireError? error) = await new ChatCollector(frame).RunAsync(run).ConfigureAwait(false);
        if (reply is not null)
        {
            await run.SettleCompletedAsync().ConfigureAwait(false);
            await JsonAnswer.WriteAsync(context, reply, WireJson.Wire.ChatReply).ConfigureAwait(false);
            return null;
        }

        return context.RequestAborted.IsCancellationRequested ? null : error ?? StopReason();
    }

    private WireError? StopReason() => drain.Deadline.IsCancellationRequested ? FaultMapper.Stopping() : null;
}
