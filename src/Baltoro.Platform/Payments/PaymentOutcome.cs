namespace Baltoro.Platform.Payments;

/// <summary>Answer to an event.</summary>
/// <param name="Code">What became of it.</param>
/// <param name="Sequence">Its ledger entry; 0 when there is none.</param>
public sealed record PaymentOutcome(PaymentCode Code, long Sequence = 0);
