using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Protocol.Tokens;
using Baltoro.Server.Errors;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// <c>POST /v1/tokenizers/estimate-token-count</c>: the body of a chat request, answered with the exact size of its prompt.
/// </summary>
internal sealed class EstimateEndpoint(ChatIntake intake)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/tokenizers/estimate-token-count", (RequestDelegate)HandleAsync);

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

        (ServedModel? model, MappedRequest? mapped, WireError? error) =
            await intake.MapAsync(body, caller, context.RequestAborted).ConfigureAwait(false);
        if (model is null || mapped is null)
        {
            return error;
        }

        if (!model.Backend.IsReady)
        {
            return FaultMapper.Unavailable();
        }

        PromptQuote quote = await model.Backend.QuoteAsync(mapped.Chat, context.RequestAborted).ConfigureAwait(false);
        if (FaultMapper.Map(quote) is { } refusal)
        {
            return refusal;
        }

        AnswerHeaders.Set(context.Response, model.Backend.Name);
        TokenEstimate estimate = new(new TokenCount(quote.PromptTokens));
        await JsonAnswer.WriteAsync(context, estimate, WireJson.Wire.TokenEstimate).ConfigureAwait(false);
        return null;
    }
}
