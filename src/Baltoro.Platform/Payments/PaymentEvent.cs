using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Payments;

/// <summary>One event of a payment provider, its signature checked.</summary>
/// <param name="Id">The provider's id of the event; it counts once.</param>
public sealed record PaymentEvent(string Id, PaymentKind Kind, string OrganizationId, Money Amount, string Reference);
