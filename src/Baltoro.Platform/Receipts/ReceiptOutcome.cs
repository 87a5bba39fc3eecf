namespace Baltoro.Platform.Receipts;

/// <summary>How the request of a receipt was settled. The words stand in signed texts: never rename.</summary>
public enum ReceiptOutcome
{
    /// <summary>Charged from its reservation.</summary>
    Charged,

    /// <summary>Charged after its reservation had expired.</summary>
    ChargedLate,

    /// <summary>Given back whole: it failed or was cut without output.</summary>
    Free,
}
