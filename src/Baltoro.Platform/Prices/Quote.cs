using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Prices;

/// <summary>What a request would cost and whether it would be admitted, before it runs.</summary>
/// <param name="PromptTokens">Exact size of the prompt.</param>
/// <param name="CompletionTokens">Completion budget asked for.</param>
/// <param name="LargestCost">Prompt and whole budget; what admission reserves.</param>
/// <param name="LikelyCost">Prompt and the completion the caller expects.</param>
/// <param name="PriceVersion">As <c>book/version</c>; empty when the model has no price.</param>
/// <param name="Admission">What admission would answer now.</param>
/// <param name="Comparisons">The same request elsewhere.</param>
public sealed record Quote(
    int PromptTokens, int CompletionTokens, Ledger.Money LargestCost, Ledger.Money LikelyCost, string PriceVersion, AdmissionResult Admission,
    IReadOnlyList<Comparison> Comparisons);
