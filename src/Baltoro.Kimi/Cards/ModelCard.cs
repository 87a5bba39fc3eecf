namespace Baltoro.Kimi.Cards;

/// <summary>How one model id answers.</summary>
/// <param name="Id">The id clients send.</param>
/// <param name="Profile">Whose request rules hold.</param>
/// <param name="ContextWindow">Tokens of input and output together.</param>
/// <param name="MaxOutput">Most completion tokens of one request.</param>
/// <param name="DefaultBudget">Completion tokens when the request names none.</param>
/// <param name="Thinking">When it thinks.</param>
/// <param name="InputNanoUsdPerToken">Price of a prompt token in 10⁻⁹ US dollars.</param>
/// <param name="OutputNanoUsdPerToken">Price of a completion token in 10⁻⁹ US dollars.</param>
/// <param name="OwnedBy">Value of <c>owned_by</c>.</param>
/// <param name="Created">Unix seconds.</param>
public sealed record ModelCard(
    string Id,
    ModelProfile Profile,
    int ContextWindow,
    int MaxOutput,
    int DefaultBudget,
    ThinkingMode Thinking,
    long InputNanoUsdPerToken,
    long OutputNanoUsdPerToken,
    string OwnedBy,
    long Created);
