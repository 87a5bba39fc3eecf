using System.Globalization;

namespace Baltoro.Platform.Limits;

/// <summary>The limit that binds: which scope and dimension, how much is taken, and when it frees.</summary>
/// <param name="Scope">Name of the scope.</param>
/// <param name="Dimension">What it counts.</param>
/// <param name="Limit">The limit; nano-dollars for a budget.</param>
/// <param name="Current">What is taken now.</param>
/// <param name="Requested">What this request would add.</param>
/// <param name="FreesInMs">After how long the same request would fit if nothing else came; null when it never fits.</param>
public sealed record LimitRefusal(string Scope, LimitDimension Dimension, long Limit, long Current, long Requested, long? FreesInMs)
{
    /// <summary>How long a budget counts before it starts again; of no meaning for other dimensions.</summary>
    public BudgetPeriod Period { get; init; }

    /// <summary>Whole seconds for <c>Retry-After</c>, rounded up, at least 1; null when waiting does not help.</summary>
    public long? RetryAfterSeconds => FreesInMs is long wait ? Math.Max(1, (wait + 999) / 1000) : null;

    /// <summary>The platform's text. Clients match on its wording.</summary>
    public string Message(string organizationId, string keyId)
    {
        string start = $"Your account {organizationId}<{keyId}> request reached {ScopeName.KindOf(Scope)}";
        string after = string.Create(CultureInfo.InvariantCulture, $"please try again after {RetryAfterSeconds ?? 1} seconds");
        string counts = string.Create(CultureInfo.InvariantCulture, $"current:{Current}, limit:{Limit}");
        return Dimension switch
        {
            LimitDimension.Concurrency => string.Create(CultureInfo.InvariantCulture, $"{start} max concurrency: {Limit}, {after}"),
            LimitDimension.RequestsPerMinute => string.Create(CultureInfo.InvariantCulture, $"{start} max RPM: {Limit}, {after}"),
            LimitDimension.TokensPerMinute => $"{start} TPM rate limit, {counts}",
            LimitDimension.TokensPerDay => $"{start} TPD rate limit, {counts}",
            LimitDimension.Budget => BudgetMessage(organizationId),
            _ => throw new ArgumentOutOfRangeException(nameof(Dimension), Dimension, "unknown dimension"),
        };
    }

    /// <summary>A budget is not the organization's balance: the text says whose it is, for how long it counts and what is taken of it.</summary>
    private string BudgetMessage(string organizationId)
    {
        (string counts, string after) = Period switch
        {
            BudgetPeriod.Lifetime => ("in all", "please ask for a higher one"),
            BudgetPeriod.Month => ("per month (UTC)", "please ask for a higher one or wait for the next month"),
            BudgetPeriod.Day => ("per day (UTC)", "please ask for a higher one or wait for the next day"),
            _ => throw new ArgumentOutOfRangeException(nameof(Period), Period, "unknown budget period"),
        };
        string whose = ScopeName.IdOf(Scope) is { } id ? $"{ScopeName.KindOf(Scope)} {id}" : $"organization {organizationId}";
        return $"You exceeded your current token quota: the budget of {whose} is ${new Ledger.Money(Limit)} {counts}, "
            + $"of which ${new Ledger.Money(Current)} is taken, and this request may cost ${new Ledger.Money(Requested)}; {after}";
    }
}
