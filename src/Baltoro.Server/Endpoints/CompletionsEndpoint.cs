using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
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
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/completions</c>: raw prompts, continued as they stand. Several prompts are answered one after the other,
/// each settled on its own.
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
        routes.MapPost("/v1/completions", (RequestDelegate)HandleAsync).AcceptIdempotencyKey(authenticate.ScopeAsync);

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
        (AdmittedBatch? batch, error) = await AdmittedBatch.AdmitAsync(
            admit, context, [.. fitted.Select(prompt => Admit.Describe(prompt.Request, caller, wire.Common.Model, prompt.PromptTokens))]).ConfigureAwait(false);
        if (batch is null)
        {
            return error;
        }

        await using (batch.ConfigureAwait(false))
        {
            return await AnswerAsync(context, caller, model, wire, [.. fitted.Select(prompt => prompt.Request)], batch).ConfigureAwait(false);
        }
    }

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

    private async Task<WireError?> AnswerAsync(
        HttpContext context, Caller caller, ServedModel model, CompletionRequest wire, IReadOnlyList<ChatRequest> requests, AdmittedBatch batch)
    {
        using CancellationTokenSource stop =
            CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        IReadOnlyList<Func<BackendRun>> runs = [.. requests.Select((request, index) => (Func<BackendRun>)(() =>
        {
            Reservation? reservation = batch.Start(index);
            return new BackendRun(
                model.Backend,
                request,
                (usage, end) => settlement.SettleAsync(new RequestOutcome(request.RequestId, caller, wire.Common.Model, usage, end, reservation)),
                logger,
                stop.Token);
        }))];
        await using BatchRun run = new(runs, requests[0].ChoiceCount);
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
            await JsonAnswer.WriteAsync(context, reply, WireJson.Wire.CompletionReply).ConfigureAwait(false);
            return null;
        }

        return context.RequestAborted.IsCancellationRequested ? null : error ?? StopReason();
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
