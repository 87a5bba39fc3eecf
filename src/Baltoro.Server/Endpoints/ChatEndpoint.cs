using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Ledger;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/chat/completions</c>. Stages, each of which may end the request with an error: 1 to 7 as in
/// <see cref="ChatIntakeReader"/> · 8 admit: limits and money · 9 run (one finish, one settlement) · 10 stream or collect,
/// settled before the last byte goes out, so that a client that has its answer finds its limits free again.
/// </summary>
internal sealed class ChatEndpoint(
    ServerServices services,
    ServerOptions options,
    ChatIntakeReader intakes,
    Admit admit,
    IRequestSettlement settlement,
    DrainSignal drain,
    ILogger<ChatEndpoint> logger)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/chat/completions", (RequestDelegate)HandleAsync);

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
        (ChatIntake? intake, WireError? error) = await intakes.ReadAsync(context).ConfigureAwait(false);
        if (intake is null)
        {
            return error;
        }

        context.Response.Headers["x-baltoro-model"] = intake.Model.Backend.Name;
        if (intake.Budget.Notice is not null)
        {
            context.Response.Headers["x-baltoro-notice"] = intake.Budget.Notice;
        }

        (Reservation? reservation, WireError? refusal) =
            await admit.RunAsync(context, Admit.Describe(intake)).ConfigureAwait(false);
        return refusal ?? await AnswerAsync(context, intake, reservation).ConfigureAwait(false);
    }

    /// <summary>Stages 9 and 10. Nothing may fail between the admission and the run, which settles whatever happens.</summary>
    private async Task<WireError?> AnswerAsync(HttpContext context, ChatIntake intake, Reservation? reservation)
    {
        ChatRequest request = intake.Mapped.Chat with { MaxCompletionTokens = intake.Budget.Tokens };
        string model = intake.Mapped.Wire.Model;
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        await using BackendRun run = new(
            intake.Model.Backend,
            request,
            (usage, end) => settlement.SettleAsync(new RequestOutcome(request.RequestId, intake.Caller, model, usage, end, reservation)),
            logger,
            stop.Token);
        ReplyFrame frame = FrameOf(intake.Mapped.Wire, request);
        return intake.Mapped.Wire.Stream
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
        wire.IncludeUsage);

    private async Task<WireError?> StreamAsync(HttpContext context, BackendRun run, ReplyFrame frame, CancellationToken stop)
    {
        using SilenceTimer silence = new(options.KeepAliveInterval, services.Clock, stop);
        using ChatStreamer streamer = new(context, run, frame, silence, StopReason);
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
