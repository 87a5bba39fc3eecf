namespace Baltoro.Platform.Ledger;

/// <summary>Life of a reservation. The numbers are stored: never renumber.</summary>
public enum ReservationState
{
    /// <summary>The request runs; its money and its place in the limits are taken.</summary>
    Pending = 0,

    /// <summary>Settled: charged for what it used.</summary>
    Posted = 1,

    /// <summary>Given back whole: the request failed empty.</summary>
    Voided = 2,

    /// <summary>Given back whole: its lease ended. A settlement that still comes is charged as <see cref="EntryKind.LateCharge"/>.</summary>
    Expired = 3,
}
