namespace Baltoro.Platform.Idempotency;

/// <summary>What a request under an idempotency key must do.</summary>
public enum RepeatCode
{
    /// <summary>Run, and then complete or release its ticket.</summary>
    Run,

    /// <summary>Send the kept answer.</summary>
    Replay,

    /// <summary>The first request still runs: 409.</summary>
    Running,

    /// <summary>The key was used for another request: 422.</summary>
    OtherContent,

    /// <summary>The answer was sent and charged, but was too large to be kept: 409.</summary>
    NotKept,
}
