namespace Baltoro.Platform.Vouchers;

/// <summary>How redeeming a voucher ended.</summary>
public enum RedeemCode
{
    Redeemed,

    /// <summary>This organization redeemed it before; nothing was added.</summary>
    RedeemedBefore,

    /// <summary>No such code, or the money is someone else's: redeemed by or meant for another organization.</summary>
    NotValid,

    Expired,

    /// <summary>There is no such organization.</summary>
    UnknownOrganization,

    /// <summary>The account would take in more than is allowed.</summary>
    AccountFull,
}
