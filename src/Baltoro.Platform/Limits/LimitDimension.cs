namespace Baltoro.Platform.Limits;

/// <summary>What a limit counts, in the order in which refusals of equal waiting time are named.</summary>
public enum LimitDimension
{
    /// <summary>Requests running at the same time.</summary>
    Concurrency,

    /// <summary>Requests in any 60 seconds.</summary>
    RequestsPerMinute,

    /// <summary>Tokens in any 60 seconds.</summary>
    TokensPerMinute,

    /// <summary>Tokens in a UTC day.</summary>
    TokensPerDay,

    /// <summary>Money in the budget's period.</summary>
    Budget,
}
