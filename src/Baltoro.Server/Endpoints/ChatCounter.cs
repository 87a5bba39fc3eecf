using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Errors;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Endpoints;

/// <summary>The stages that chat and quote share: 1 to 6 intake · 7 count the prompt and fit the budget.</summary>
internal sealed class ChatCounter(ChatIntake intake)
{
    /// <summary>The request, or the first error.</summary>
    public async ValueTask<(CountedChat? Counted, WireError? Error)> ReadAsync(HttpContext context)
    {
        (Caller? caller, ReadOnlyMemory<byte> body, WireError? refused) = await intake.ReceiveAsync(context).ConfigureAwait(false);
        if (caller is null)
        {
            return (null, refused);
        }

        (ServedModel? model, MappedRequest? mapped, WireError? error) =
            await intake.MapAsync(body, caller, context.RequestAborted).ConfigureAwait(false);
        return model is null || mapped is null
            ? (null, error)
            : await CountAsync(caller, model, mapped, context.RequestAborted).ConfigureAwait(false);
    }

    private static async ValueTask<(CountedChat? Counted, WireError? Error)> CountAsync(
        Caller caller, ServedModel model, MappedRequest mapped, CancellationToken aborted)
    {
        if (!model.Backend.IsReady)
        {
            return (null, FaultMapper.Unavailable());
        }

        PromptQuote quote = await model.Backend.QuoteAsync(mapped.Chat, aborted).ConfigureAwait(false);
        if (FaultMapper.Map(quote) is { } refusal)
        {
            return (null, refusal);
        }

        return BudgetRules.TryFit(model, mapped.Wire, quote.PromptTokens, out Budget budget) is { } tooLong
            ? (null, tooLong)
            : (new CountedChat(caller, model, mapped, quote.PromptTokens, budget, quote.Notice), null);
    }
}
