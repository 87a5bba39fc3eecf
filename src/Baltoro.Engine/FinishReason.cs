namespace Baltoro.Engine;

public enum FinishReason
{
    /// <summary>A stop id was drawn.</summary>
    StopToken,

    /// <summary>MaxNewTokens or the window was reached.</summary>
    Length,

    /// <summary>Cancelled by the caller.</summary>
    Cancelled,

    /// <summary>It waited longer than the queue's deadline and never started; the caller may retry later.</summary>
    Overdue,

    /// <summary>The engine failed; <see cref="TokenEvent.FaultMessage"/> says why.</summary>
    Fault,
}
