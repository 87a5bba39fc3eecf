namespace Baltoro.Server.Idempotency;

/// <summary>
/// Feature of a request that runs under an idempotency key: names the admissions it makes, the same names at every attempt,
/// so that what one attempt was charged for no later one is charged for again. Used by one request at a time.
/// </summary>
internal sealed class IdempotentRun(string runId)
{
    private int _admissions;

    /// <summary>Whether what is written from now on ends the answer: it is sent only once the answer is kept.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Says so. Call before the last bytes of a stream go out.</summary>
    public void End() => IsEnding = true;

    /// <summary>Whether the answer ends with an error, although it began well: a repeat runs again.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Says so. Call before the error is written.</summary>
    public void Fail() => HasFailed = true;

    /// <summary>Name of the next admission.</summary>
    public string NextRequestId() => $"idem-{runId}-{++_admissions}";
}
