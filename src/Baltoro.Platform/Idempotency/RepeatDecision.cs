namespace Baltoro.Platform.Idempotency;

/// <summary>Answer of <see cref="KeptResponses.BeginAsync"/>.</summary>
/// <param name="Code">What to do.</param>
/// <param name="Ticket">Only for <see cref="RepeatCode.Run"/>.</param>
/// <param name="Response">Only for <see cref="RepeatCode.Replay"/>.</param>
public sealed record RepeatDecision(RepeatCode Code, ResponseTicket? Ticket = null, KeptResponse? Response = null);
