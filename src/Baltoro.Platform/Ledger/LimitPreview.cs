using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ledger;

/// <summary>Which limit would bind, from live use alone; the wait it names is an upper bound.</summary>
internal static class LimitPreview
{
    private const long ConcurrencyRetryMs = 1_000;

    public static LimitRefusal? Check(IReadOnlyList<LimitUse> uses, long tokens) => uses
        .Select(use => RefusalOf(use, tokens))
        .OfType<LimitRefusal>()
        .MaxBy(refusal => refusal.FreesInMs ?? long.MaxValue);

    private static LimitRefusal? RefusalOf(LimitUse use, long tokens)
    {
        long requested = use.Dimension switch
        {
            LimitDimension.Concurrency or LimitDimension.RequestsPerMinute => 1,
            LimitDimension.TokensPerMinute or LimitDimension.TokensPerDay => tokens,
            LimitDimension.Budget => 0,
            _ => throw new ArgumentOutOfRangeException(nameof(use), use.Dimension, "unknown dimension"),
        };
        long? frees = requested > use.Limit ? null
            : use.Dimension == LimitDimension.Concurrency ? ConcurrencyRetryMs
            : use.ResetMs;
        return use.Used > use.Limit - requested
            ? new LimitRefusal(use.Scope, use.Dimension, use.Limit, use.Used, requested, frees) { Period = use.Period }
            : null;
    }
}
