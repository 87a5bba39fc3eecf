namespace Baltoro.Platform.Ledger;

/// <summary>The accounts of one organization's book. The numbers are stored and hashed: never renumber.</summary>
public enum AccountKind
{
    /// <summary>Prepaid money of the customer; with a credit limit it may go below zero down to that limit.</summary>
    Cash = 0,

    /// <summary>Money given by the operator, spent before cash; never below zero.</summary>
    Voucher = 1,

    /// <summary>What was charged for use.</summary>
    Revenue = 2,

    /// <summary>Money received from the customer.</summary>
    TopUps = 3,

    /// <summary>Where vouchers come from.</summary>
    Grants = 4,

    /// <summary>Use that the operator pays itself: the part of a settlement above its reservation.</summary>
    Overrun = 5,
}
