using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>Use summed under one name: a model, key, project, day or month.</summary>
public sealed record UsageTotal(
    string Name, long Requests, long UncachedTokens, long CachedTokens, long CompletionTokens, long ReasoningTokens, long Images, long Calls, Money Gross, Money Charged);
