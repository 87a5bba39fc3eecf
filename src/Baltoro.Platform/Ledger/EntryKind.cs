namespace Baltoro.Platform.Ledger;

/// <summary>What a ledger entry records. The numbers are stored and hashed: never renumber.</summary>
public enum EntryKind
{
    /// <summary>Money received: TopUps to Cash.</summary>
    TopUp = 0,

    /// <summary>Voucher given: Grants to Voucher.</summary>
    VoucherGrant = 1,

    /// <summary>Money reserved for a request (pending): Cash or Voucher to Revenue.</summary>
    Reserve = 2,

    /// <summary>A reservation charged for at most its amount; the rest of it becomes free.</summary>
    Post = 3,

    /// <summary>A reservation given back whole.</summary>
    Void = 4,

    /// <summary>A reservation given back whole because its lease ended.</summary>
    Expire = 5,

    /// <summary>A request settled after its reservation had expired: Cash or Voucher to Revenue.</summary>
    LateCharge = 6,

    /// <summary>The part of a settlement that the operator pays: Overrun to Revenue.</summary>
    Overrun = 7,

    /// <summary>Money paid back to the customer: Cash to TopUps.</summary>
    Refund = 8,

    /// <summary>A charge taken back: Revenue to Cash.</summary>
    CreditNote = 9,

    /// <summary>What a contract's monthly commitment exceeds the month's use by: Cash to Revenue.</summary>
    Shortfall = 10,

    /// <summary>A voucher's unused rest taken back: Voucher to Grants.</summary>
    VoucherExpiry = 11,

    /// <summary>What a re-rating of a past month charges on top: Cash to Revenue.</summary>
    Adjustment = 12,
}
