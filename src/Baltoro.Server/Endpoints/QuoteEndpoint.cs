using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary><c>POST /v1/quote</c>: what a chat request would cost and whether it would be admitted. Takes nothing.</summary>
internal sealed class QuoteEndpoint(ServerServices services, ChatCounter counter)
{
    /// <summary>Completion of the likely cost; the budget where that is smaller.</summary>
    public const int LikelyCompletionTokens = 500;

    private const double MsPerSecond = 1_000.0;

    public void Map(IEndpointRouteBuilder routes)
    {
        if (services.Accounts is { } accounts)
        {
            routes.MapPost("/v1/quote", (RequestDelegate)(context => HandleAsync(context, accounts)));
        }
    }

    private async Task HandleAsync(HttpContext context, ServerAccounts accounts)
    {
        (CountedChat? counted, WireError? error) = await counter.ReadAsync(context).ConfigureAwait(false);
        if (counted is null)
        {
            await ApiError.WriteAsync(context, error ?? FaultMapper.Internal()).ConfigureAwait(false);
            return;
        }

        AdmissionRequest request = Admit.Describe(counted);
        Quote quote = await accounts.Quotes.QuoteAsync(request, LikelyCompletionTokens, context.RequestAborted).ConfigureAwait(false);
        AccountBalanceSheet sheet =
            await accounts.Accounts.BalanceAsync(request.OrganizationId, context.RequestAborted).ConfigureAwait(false);
        WireError? refusal = Admit.ErrorOf(quote.Admission, request, sheet.Available);
        await JsonAnswer.WriteAsync(context, json => Write(json, request, quote, refusal)).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, AdmissionRequest request, Quote quote, WireError? refusal)
    {
        json.WriteStartObject();
        json.WriteString("object", "quote");
        json.WriteString("model", request.Model);
        json.WriteNumber("prompt_tokens", quote.PromptTokens);
        json.WriteNumber("max_completion_tokens", quote.CompletionTokens);
        json.WriteNumber("images", request.Images);
        json.WriteNumber("calls", request.Calls);
        json.WriteString("price_version", quote.PriceVersion);
        json.WriteNumber("largest_cost_nano_usd", quote.LargestCost.NanoUsd);
        json.WriteNumber("likely_cost_nano_usd", quote.LikelyCost.NanoUsd);
        json.WriteBoolean("would_run", refusal is null);
        if (refusal is not null)
        {
            json.WriteStartObject("refusal");
            json.WriteString("type", refusal.Code.Type);
            json.WriteString("message", refusal.Message);
            if (quote.Admission.RetryAfterSeconds is { } seconds)
            {
                json.WriteNumber("retry_after_seconds", seconds);
            }

            json.WriteEndObject();
        }

        WriteBinding(json, quote.Admission);
        json.WriteStartArray("comparisons");
        foreach (Comparison other in quote.Comparisons)
        {
            json.WriteStartObject();
            json.WriteString("model", other.Model);
            json.WriteNumber("largest_cost_nano_usd", other.LargestCost.NanoUsd);
            json.WriteNumber("input_saved_percent", other.InputSavedPercent);
            json.WriteNumber("output_saved_percent", other.OutputSavedPercent);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The limit that refuses, or of all limits the one that is nearest to it; left out where nothing is limited.</summary>
    private static void WriteBinding(Utf8JsonWriter json, AdmissionResult admission)
    {
        if (admission.Refusal is { } refusal)
        {
            Write(refusal.Scope, refusal.Dimension, refusal.Limit, Math.Max(0, refusal.Limit - refusal.Current), refusal.FreesInMs);
        }
        else if (admission.Uses.MinBy(use => use.Limit == 0 ? 0 : (double)use.Remaining / use.Limit) is { } nearest)
        {
            Write(nearest.Scope, nearest.Dimension, nearest.Limit, nearest.Remaining, nearest.ResetMs);
        }

        void Write(string scope, LimitDimension dimension, long limit, long remaining, long? freesInMs)
        {
            json.WriteStartObject("binding_limit");
            json.WriteString("scope", scope);
            json.WriteString("counts", AccountsEndpoint.NameOf(dimension));
            json.WriteNumber("limit", limit);
            json.WriteNumber("remaining", remaining);
            if (freesInMs is { } ms)
            {
                json.WriteNumber("frees_in_seconds", ms / MsPerSecond);
            }

            json.WriteEndObject();
        }
    }
}
