namespace Baltoro.Platform.Limits;

/// <summary>What admission does while the counters shared by several nodes cannot be reached.</summary>
public enum SharedLimitOutage
{
    /// <summary>The request is told to come again (503 with Retry-After); nothing is taken.</summary>
    Refuse,

    /// <summary>The ledger's own store counts, exactly and more slowly, until the shared counters are back.</summary>
    CountInLedger,
}
