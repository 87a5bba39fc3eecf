using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;

namespace Baltoro.Platform.Ports;

/// <summary>Answer of an admission.</summary>
/// <param name="Code">How it ended.</param>
/// <param name="Reservation">What was taken; only for <see cref="AdmissionCode.Admitted"/> and <see cref="AdmissionCode.Replayed"/>.</param>
/// <param name="Refusal">The limit that binds; only for limit and budget.</param>
/// <param name="Uses">Live use of all limits after the decision, for headers.</param>
/// <param name="Tier">Tier that applied, where known.</param>
public sealed record AdmissionResult(
    AdmissionCode Code, Reservation? Reservation, LimitRefusal? Refusal, IReadOnlyList<LimitUse> Uses, string Tier)
{
    private const long UnavailableRetrySeconds = 1;

    /// <summary>Whether the request may run now: newly admitted, not a repeat.</summary>
    public bool MayRun => Code == AdmissionCode.Admitted;

    /// <summary>Whole seconds for <c>Retry-After</c>; null when waiting does not help.</summary>
    public long? RetryAfterSeconds => Code == AdmissionCode.Unavailable ? UnavailableRetrySeconds : Refusal?.RetryAfterSeconds;

    /// <summary>A refusal that no limit names.</summary>
    public static AdmissionResult Of(AdmissionCode code, string tier = "") => new(code, null, null, [], tier);
}
