namespace Baltoro.Platform.Ports;

/// <summary>How a settlement, void or expiry ended.</summary>
public enum SettlementCode
{
    /// <summary>Charged.</summary>
    Posted,

    /// <summary>Charged after the reservation had expired, from what was still available.</summary>
    PostedLate,

    /// <summary>Given back whole.</summary>
    Voided,

    /// <summary>Given back whole because its lease ended.</summary>
    Expired,

    /// <summary>Settled, voided or expired before; nothing was changed.</summary>
    AlreadyClosed,

    /// <summary>An expiry came for a reservation whose lease was renewed; nothing was changed.</summary>
    StillLeased,

    /// <summary>No such reservation.</summary>
    NotFound,

    /// <summary>The counts contradict each other; nothing was changed.</summary>
    UsageInconsistent,
}
