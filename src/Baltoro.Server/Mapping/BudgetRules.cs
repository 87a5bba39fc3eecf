using System.Globalization;
using Baltoro.Kimi.Cards;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Server.Hosting;

namespace Baltoro.Server.Mapping;

/// <summary>
/// The completion budget (the smaller of the two fields when both are sent), in this order: a sent value below 1 is
/// refused; the seed profile cuts a sent value to the card's largest output and says so; a prompt that leaves no room is refused; a sent budget that does not fit is
/// refused; a default budget is clamped to the room left. No prompt is ever shortened (I12).
/// </summary>
internal static class BudgetRules
{
    /// <param name="wire">What was sent.</param>
    /// <param name="takesNone">Whether 0 is a budget: a raw completion that only repeats its prompt.</param>
    public static WireError? CheckSent(ChatCompletionRequest wire, bool takesNone = false) =>
        AtLeastOne("max_completion_tokens", wire.MaxCompletionTokens)
        ?? (takesNone && wire.MaxTokens == 0 ? null : AtLeastOne("max_tokens", wire.MaxTokens));

    public static WireError? TryFit(ServedModel model, ChatCompletionRequest wire, int promptTokens, out Budget budget)
    {
        ModelCard card = model.Card;
        bool isOld = wire.MaxCompletionTokens is null || wire.MaxTokens < wire.MaxCompletionTokens;
        long? sent = isOld ? wire.MaxTokens : wire.MaxCompletionTokens;
        string field = isOld ? "max_tokens" : "max_completion_tokens";
        string? notice = null;
        if (sent > card.MaxOutputTokens && card.Profile == CardProfile.Seed)
        {
            notice = string.Create(
                CultureInfo.InvariantCulture, $"{field} cut from {sent} to {card.MaxOutputTokens}, the most {card.Id} can give");
            sent = card.MaxOutputTokens;
        }

        int room = model.Window - promptTokens;
        budget = new Budget((int)Math.Min(sent ?? card.DefaultOutputTokens, Math.Max(room, 1)), notice);
        if (room < 1)
        {
            return TooLong(model.Window, promptTokens + Math.Min(sent ?? 1, int.MaxValue), "messages");
        }

        return sent > room ? TooLong(model.Window, promptTokens + Math.Min(sent.Value, int.MaxValue), field) : null;
    }

    private static WireError? AtLeastOne(string field, long? sent) => sent is < 1
        ? WireError.Field(field, string.Create(CultureInfo.InvariantCulture, $"must be at least 1, found {sent}"))
        : null;

    private static WireError TooLong(int window, long requested, string field) => new(
        ErrorCode.ContextLengthExceeded,
        string.Create(
            CultureInfo.InvariantCulture,
            $"Invalid request: Your request exceeded model token limit: {window} (requested: {requested})"),
        field);
}
