using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ports;

/// <summary>Answer of shared counters; exactly one of hold, refusal and rebuild.</summary>
/// <param name="Hold">What was taken.</param>
/// <param name="IsNew">Whether this call took it; false when the request held it already.</param>
/// <param name="Refusal">The limit that binds.</param>
/// <param name="Uses">Live use.</param>
public sealed record HoldResult(LimitHold? Hold, bool IsNew, LimitRefusal? Refusal, IReadOnlyList<LimitUse> Uses)
{
    /// <summary>The counters of the organization are not there: rebuild them from the ledger first.</summary>
    public static HoldResult NeedsRebuild { get; } = new(null, false, null, []);
}
