namespace Baltoro.Platform.Usage;

/// <summary>What a line charges.</summary>
public enum InvoiceLineKind
{
    Input,
    CachedInput,
    Output,
    Images,
    Calls,
    VolumeDiscount,

    /// <summary>Use above a reservation, which the operator pays.</summary>
    Absorbed,

    /// <summary>What a contract's commitment exceeds the use by.</summary>
    Shortfall,
    CreditNote,

    /// <summary>What a re-rating charges on top.</summary>
    Adjustment,
}
