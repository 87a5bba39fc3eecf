namespace Baltoro.Platform.Ports;

/// <summary>How an admission ended.</summary>
public enum AdmissionCode
{
    /// <summary>Everything is taken; the request may run and must be settled or voided once.</summary>
    Admitted,

    /// <summary>The same request was admitted before; its reservation is returned and nothing was taken again.</summary>
    Replayed,

    /// <summary>The request id was used for another request: 409.</summary>
    IdempotencyConflict,

    /// <summary>A rate limit binds: 429 <c>rate_limit_reached_error</c>.</summary>
    LimitReached,

    /// <summary>The budget of a key or project binds: 429 <c>exceeded_current_quota_error</c>.</summary>
    BudgetReached,

    /// <summary>The balance does not buy the prompt and the smallest completion: 429 <c>exceeded_current_quota_error</c>.</summary>
    BalanceTooLow,

    /// <summary>An administrator suspended the account: 429 <c>exceeded_current_quota_error</c>.</summary>
    AccountSuspended,

    /// <summary>The model has no price in the book that applies; it is refused, never free.</summary>
    ModelNotPriced,

    /// <summary>The key names a tier that the operator removed.</summary>
    UnknownTier,

    /// <summary>Shared counters cannot be reached or are being rebuilt: 503 with <c>Retry-After</c>.</summary>
    Unavailable,
}
