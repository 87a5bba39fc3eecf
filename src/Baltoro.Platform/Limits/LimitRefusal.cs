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
            LimitDimension.Budget =>
                $"You exceeded your current token quota: {organizationId} {new Ledger.Money(Limit)}, please check your account balance",
            _ => throw new ArgumentOutOfRangeException(nameof(Dimension), Dimension, "unknown dimension"),
        };
    }
}
