using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;

namespace Baltoro.Server.Gate;

/// <summary>How an accepted request ended.</summary>
/// <param name="RequestId">Unique id, also the idempotency id.</param>
/// <param name="Caller">Who sent it.</param>
/// <param name="Model">The id the client sent.</param>
/// <param name="Usage">Tokens read and generated, up to the cancel where it was cancelled.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Reservation">What was reserved for it; null on a server without accounts.</param>
/// <param name="Images">Pictures and films in its prompt.</param>
public sealed record RequestOutcome(
    string RequestId, Caller Caller, string Model, ChatUsage Usage, RequestEnd End, Reservation? Reservation = null, int Images = 0);
