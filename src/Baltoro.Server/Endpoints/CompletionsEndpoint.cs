using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Protocol.Completions;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Completions;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Idempotency;
using Baltoro.Server.Mapping;
using Baltoro.Server.Streaming;
using Baltoro.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/completions</c>: raw prompts, continued as they stand. Several prompts are one request: admitted together, answered one
/// after the other, settled together.
/// </summary>
internal sealed class CompletionsEndpoint(
    ServerServices services,
    ServerOptions options,
    ChatIntake intake,
    Authenticate authenticate,
    Admit admit,
    IRequestSettlement settlement,
    DrainSignal drain,
    ILogger<CompletionsEndpoint> logger)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/completions", (RequestDelegate)HandleAsync).AcceptIdempotencyKey(authenticate.ScopeAsync, intake.MayRepeatAsync);

    private async Task HandleAsync(HttpContext context)
    {
        if (await RunAsync(context).ConfigureAwait(false) is { } error)
        {
            await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        }
    }

    private async Task<WireError?> RunAsync(HttpContext context)
    {
        (Caller? caller, ReadOnlyMemory<byte> body, WireError? refused) = await intake.ReceiveAsync(context).ConfigureAwait(false);
        if (caller is null)
        {
            return refused;
        }

        WireError? error = TryRead(body, caller, out ServedModel? model, out CompletionRequest? wire, out IReadOnlyList<ChatRequest> requests);
        if (error is not null || model is null || wire is null)
        {
            return error;
        }

        if (!model.Backend.IsReady)
        {
            return FaultMapper.Unavailable();
        }

        (IReadOnlyList<FittedPrompt> fitted, string? notice, error) = await FitAsync(model, wire, requests, context.RequestAborted).ConfigureAwait(false);
        if (error is not null)
        {
            return error;
        }

        AnswerHeaders.Set(context.Response, model.Backend.Name, notice);
        (Reservation? reservation, error) = await admit.RunAsync(context, Describe(fitted, caller, wire)).ConfigureAwait(false);
        return error ?? await AnswerAsync(
            context, caller, model, wire, [.. fitted.Select(prompt => prompt.Request)], reservation).ConfigureAwait(false);
    }

    /// <summary>One admission for all prompts: their tokens together, and the room of one request, since they run one after the other.</summary>
    private static AdmissionRequest Describe(IReadOnlyList<FittedPrompt> fitted, Caller caller, CompletionRequest wire) =>
        Admit.Describe(fitted[0].Request, caller, wire.Common.Model, 0) with
        {
            PromptTokens = fitted.Sum(prompt => prompt.PromptTokens),
            CompletionTokens = fitted.Sum(prompt => checked(prompt.Request.MaxCompletionTokens * prompt.Request.ChoiceCount)),
        };

    private WireError? TryRead(
        ReadOnlyMemory<byte> body, Caller caller, out ServedModel? model, out CompletionRequest? wire, out IReadOnlyList<ChatRequest> requests)
    {
        model = null;
        wire = null;
        requests = [];
        WireError? error = JsonGuard.TryParse(body, out JsonDocument? document);
        using (document)
        {
            if (document is null)
            {
                return error;
            }

            CompletionReader reader = new(document.RootElement);
            if ((reader.ReadModel(out string id) ?? intake.TryFind(id, caller, out model)) is { } modelError)
            {
                return modelError;
            }

            error = reader.Read(out wire);
            return wire is null || model is null
                ? error
                : CompletionMapper.TryMap(wire, model.Card, ChatIntake.NewId("cmpl"), caller.OrganizationId, out requests);
        }
    }

    /// <summary>Counts every prompt and fits its budget, before anything runs.</summary>
    private static async ValueTask<(IReadOnlyList<FittedPrompt> Fitted, string? Notice, WireError? Error)> FitAsync(
        ServedModel model, CompletionRequest wire, IReadOnlyList<ChatRequest> requests, CancellationToken cancellationToken)
    {
        ServedModel raw = model with { Card = model.Card with { DefaultOutputTokens = CompletionMapper.DefaultTokens } };
        List<FittedPrompt> fitted = [];
        string? notice = null;
        foreach (ChatRequest request in requests)
        {
            PromptQuote quote = await model.Backend.QuoteAsync(request, cancellationToken).ConfigureAwait(false);
            WireError? tooLong = BudgetRules.TryFit(raw, wire.Common, quote.PromptTokens, out Budget budget);
            if ((FaultMapper.Map(quote) ?? tooLong) is { } error)
            {
                return ([], null, error.Param == "messages" ? error with { Param = "prompt" } : error);
            }

            notice ??= budget.Notice;
            fitted.Add(new FittedPrompt(request with { MaxCompletionTokens = budget.Tokens }, quote.PromptTokens));
        }

        return (fitted, notice, null);
    }

    /// <summary>Nothing may fail between the admission and the run, which settles whatever happens.</summary>
    private async Task<WireError?> AnswerAsync(
        HttpContext context, Caller caller, ServedModel model, CompletionRequest wire, IReadOnlyList<ChatRequest> requests, Reservation? reservation)
    {
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        IChatBackend backend = requests[0].MaxCompletionTokens == 0 ? new EchoBackend(model.Backend) : model.Backend;
        await using BatchRun run = new(
            [.. requests.Select(request => (Func<Func<ChatUsage, RequestEnd, ValueTask>, BackendRun>)(
                noteEnd => new BackendRun(backend, request, noteEnd, logger, stop.Token)))],
            requests[0].ChoiceCount,
            (usage, end) => SettleAsync(new RequestOutcome(requests[0].RequestId, caller, wire.Common.Model, usage, end, reservation)));
        CompletionFrame frame = FrameOf(wire, model, requests);
        if (wire.Common.Stream)
        {
            using SilenceTimer silence = new(options.KeepAliveInterval, services.Clock, stop.Token);
            using ChatStreamer streamer = new(context, run, output => new CompletionWriter(frame, output), silence, StopReason);
            return await streamer.RunAsync().ConfigureAwait(false);
        }

        (CompletionReply? reply, WireError? error) = await new CompletionCollector(frame).RunAsync(run).ConfigureAwait(false);
        if (reply is not null)
        {
            await run.SettleCompletedAsync().ConfigureAwait(false);
            await JsonAnswer.WriteAsync(context, reply, WireJson.Wire.CompletionReply).ConfigureAwait(false);
            return null;
        }

        return context.RequestAborted.IsCancellationRequested ? null : error ?? StopReason();
    }

    /// <summary>A failing settlement costs no answer: it is logged, as that of a chat request.</summary>
    private async ValueTask SettleAsync(RequestOutcome outcome)
    {
        try
        {
            await settlement.SettleAsync(outcome).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            ServerLog.SettlementFailed(logger, outcome.RequestId, fault);
        }
    }

    private CompletionFrame FrameOf(CompletionRequest wire, ServedModel model, IReadOnlyList<ChatRequest> requests) => new(
        requests[0].RequestId,
        services.Clock.GetUtcNow().ToUnixTimeSeconds(),
        wire.Common.Model,
        Fingerprint.Of(model.Backend.Name),
        [.. wire.Prompts.SelectMany(prompt => Enumerable.Repeat(wire.Echo ? prompt.Text ?? "" : "", requests[0].ChoiceCount))],
        wire.Logprobs is not null,
        wire.Common.IncludeUsage);

    private WireError? StopReason() => drain.Deadline.IsCancellationRequested ? FaultMapper.Stopping() : null;

    /// <summary>A prompt with its budget and exact size.</summary>
    private readonly record struct FittedPrompt(ChatRequest Request, int PromptTokens);
}
