namespace Baltoro.Engine;

public enum FinishReason
{
    /// <summary>A stop id was drawn.</summary>
    StopToken,

    /// <summary>MaxNewTokens or the window was reached.</summary>
    Length,

    /// <summary>Cancelled by the caller.</summary>
    Cancelled,

    /// <summary>The engine failed; <see cref="TokenEvent.FaultMessage"/> says why.</summary>
    Fault,
}
