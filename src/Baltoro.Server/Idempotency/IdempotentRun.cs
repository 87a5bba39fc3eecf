namespace Baltoro.Server.Idempotency;

/// <summary>
/// Feature of a request that runs under an idempotency key: names the admissions it makes, the same names at every attempt,
/// so that what one attempt was charged for no later one is charged for again. Used by one request at a time.
/// </summary>
internal sealed class IdempotentRun(string runId)
{
    private int _admissions;

    /// <summary>Name of the next admission.</summary>
    public string NextRequestId() => $"idem-{runId}-{++_admissions}";
}
