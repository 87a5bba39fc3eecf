using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;
using Baltoro.Server.Streaming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/chat/completions</c>. Stages, each of which may end the request with an error: 1 to 6 intake · 7 count the prompt and
/// fit the budget · 8 run (accepted from here on: one finish, one settlement) · 9 stream or collect · 10 settle.
/// </summary>
internal sealed class ChatEndpoint(
    ServerServices services,
    ServerOptions options,
    ChatIntake intake,
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
        (Caller? caller, ReadOnlyMemory<byte> body, WireError? refused) = await intake.ReceiveAsync(context).ConfigureAwait(false);
        if (caller is null)
        {
            return refused;
        }

        WireError? error = intake.TryMap(body, caller, out ServedModel? model, out MappedRequest? mapped);
        return model is null || mapped is null
            ? error
            : await AnswerAsync(context, caller, model, mapped).ConfigureAwait(false);
    }

    /// <summary>Stages 7 to 10.</summary>
    private async Task<WireError?> AnswerAsync(HttpContext context, Caller caller, ServedModel model, MappedRequest mapped)
    {
        if (!model.Backend.IsReady)
        {
            return FaultMapper.Unavailable();
        }

        PromptQuote quote = await model.Backend.QuoteAsync(mapped.Chat, context.RequestAborted).ConfigureAwait(false);
        if (FaultMapper.Map(quote) is { } refusal)
        {
            return refusal;
        }

        if (BudgetRules.TryFit(model, mapped.Wire, quote.PromptTokens, out Budget budget) is { } tooLong)
        {
            return tooLong;
        }

        AnswerHeaders.Set(context.Response, model.Backend.Name, budget.Notice, quote.Notice);

        ChatRequest request = mapped.Chat with { MaxCompletionTokens = budget.Tokens };
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        await using BackendRun run = new(
            model.Backend,
            request,
            (usage, end) => settlement.SettleAsync(new RequestOutcome(request.RequestId, caller, mapped.Wire.Model, usage, end)),
            logger,
            stop.Token);
        ReplyFrame frame = FrameOf(mapped.Wire, request) with
        {
            Fingerprint = Fingerprint.Of(model.Backend.Name),
            PromptTokens = quote.PromptTokens,
        };
        return mapped.Wire.Stream
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
            await JsonAnswer.WriteAsync(context, reply, WireJson.Wire.ChatReply).ConfigureAwait(false);
            return null;
        }

        return context.RequestAborted.IsCancellationRequested ? null : error ?? StopReason();
    }

    private WireError? StopReason() => drain.Deadline.IsCancellationRequested ? FaultMapper.Stopping() : null;
}
