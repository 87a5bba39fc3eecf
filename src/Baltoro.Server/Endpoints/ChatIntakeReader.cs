using System.Security.Cryptography;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// The stages that chat and quote share: 1 authenticate · 2 read the body · 3 check its JSON · 4 find the model · 5 read
/// fields · 6 map · 7 count the prompt and fit the budget.
/// </summary>
internal sealed class ChatIntakeReader(ServerServices services, ServerOptions options, Authenticate authenticate)
{
    private const int IdBytes = 12;

    /// <summary>The request, or the first error.</summary>
    public async ValueTask<(ChatIntake? Intake, WireError? Error)> ReadAsync(HttpContext context)
    {
        CancellationToken aborted = context.RequestAborted;
        (Caller? caller, WireError? authError) = await authenticate.RunAsync(context.Request, aborted).ConfigureAwait(false);
        if (caller is null)
        {
            return (null, authError);
        }

        (ReadOnlyMemory<byte> body, WireError? bodyError) =
            await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes, aborted).ConfigureAwait(false);
        if (bodyError is not null)
        {
            return (null, bodyError);
        }

        WireError? error = TryRead(body, caller, out ServedModel? model, out MappedRequest? mapped);
        return model is null || mapped is null
            ? (null, error)
            : await CountAsync(caller, model, mapped, aborted).ConfigureAwait(false);
    }

    /// <summary>Stages 3 to 6.</summary>
    private WireError? TryRead(ReadOnlyMemory<byte> body, Caller caller, out ServedModel? model, out MappedRequest? mapped)
    {
        model = null;
        mapped = null;
        WireError? error = JsonGuard.TryParse(body, out JsonDocument? document);
        using (document)
        {
            if (document is null)
            {
                return error;
            }

            ChatRequestReader reader = new(document.RootElement);
            if (reader.ReadModel(out string id) is { } modelError)
            {
                return modelError;
            }

            model = services.Models.Find(id);
            if (model is null)
            {
                return ModelsEndpoint.NotFound(id);
            }

            error = reader.Read(out ChatCompletionRequest? wire);
            if (wire is null)
            {
                return error;
            }

            string requestId = $"chatcmpl-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}";
            return ChatMapper.TryMap(wire, model.Card, requestId, caller.OrganizationId, out mapped);
        }
    }

    /// <summary>Stage 7.</summary>
    private static async ValueTask<(ChatIntake? Intake, WireError? Error)> CountAsync(
        Caller caller, ServedModel model, MappedRequest mapped, CancellationToken aborted)
    {
        if (!model.Backend.IsReady)
        {
            return (null, FaultMapper.Unavailable());
        }

        PromptQuote quote = await model.Backend.QuoteAsync(mapped.Chat, aborted).ConfigureAwait(false);
        return BudgetRules.TryFit(model, mapped.Wire, quote.PromptTokens, out Budget budget) is { } tooLong
            ? (null, tooLong)
            : (new ChatIntake(caller, model, mapped, quote.PromptTokens, budget), null);
    }
}
