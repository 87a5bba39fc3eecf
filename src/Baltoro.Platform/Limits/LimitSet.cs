using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Limits;

/// <summary>Limits of one scope; null means none.</summary>
public sealed record LimitSet
{
    /// <summary>Largest limit of requests or tokens that can be meant: every store counts up to it exactly.</summary>
    public const long Most = 1_000_000_000_000_000;

    public static LimitSet None { get; } = new();

    public int? Concurrency { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerDay { get; init; }

    public Money? Budget { get; init; }

    public BudgetPeriod BudgetPeriod { get; init; }

    /// <summary>Whether nothing is limited.</summary>
    public bool IsEmpty =>
        Concurrency is null && RequestsPerMinute is null && TokensPerMinute is null && TokensPerDay is null && Budget is null;

    /// <summary>These limits where set, else the others.</summary>
    public LimitSet Or(LimitSet other) => new()
    {
        Concurrency = Concurrency ?? other.Concurrency,
        RequestsPerMinute = RequestsPerMinute ?? other.RequestsPerMinute,
        TokensPerMinute = TokensPerMinute ?? other.TokensPerMinute,
        TokensPerDay = TokensPerDay ?? other.TokensPerDay,
        Budget = Budget ?? other.Budget,
        BudgetPeriod = Budget is null ? other.BudgetPeriod : BudgetPeriod,
    };

    /// <summary>
    /// The first limit that is missing here or higher than in <paramref name="other"/>, by its name in the API; or null. A budget of
    /// another period counts as higher: its use would begin anew.
    /// </summary>
    public string? FirstBeyond(LimitSet other) => this switch
    {
        _ when other.Concurrency < (Concurrency ?? int.MaxValue) => "concurrency",
        _ when other.RequestsPerMinute < (RequestsPerMinute ?? long.MaxValue) => "requests_per_minute",
        _ when other.TokensPerMinute < (TokensPerMinute ?? long.MaxValue) => "tokens_per_minute",
        _ when other.TokensPerDay < (TokensPerDay ?? long.MaxValue) => "tokens_per_day",
        _ when other.Budget is { } most && (Budget is not { } own || own > most) => "budget_nano_usd",
        _ when other.Budget is not null && BudgetPeriod != other.BudgetPeriod => "budget_period",
        _ => null,
    };

    /// <summary>Null when every limit can be meant, else a sentence with field, found and allowed.</summary>
    public string? Problem() => this switch
    {
        { Concurrency: < 1 } => $"concurrency: found {Concurrency}, allowed 1 or more",
        { RequestsPerMinute: < 1 } => $"requests per minute: found {RequestsPerMinute}, allowed 1 or more",
        { TokensPerMinute: < 1 } => $"tokens per minute: found {TokensPerMinute}, allowed 1 or more",
        { TokensPerDay: < 1 } => $"tokens per day: found {TokensPerDay}, allowed 1 or more",
        { RequestsPerMinute: > Most } => $"requests per minute: found {RequestsPerMinute}, allowed at most {Most}",
        { TokensPerMinute: > Most } => $"tokens per minute: found {TokensPerMinute}, allowed at most {Most}",
        { TokensPerDay: > Most } => $"tokens per day: found {TokensPerDay}, allowed at most {Most}",
        { Budget.NanoUsd: < 0 } => $"budget: found {Budget}, allowed 0 or more",
        { Budget: { } budget } when budget > Money.Most => $"budget: found {budget}, allowed at most {Money.Most} dollars",
        _ => null,
    };
}
