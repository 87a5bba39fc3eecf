namespace Baltoro.Platform.Payments;

/// <summary>What became of an event.</summary>
public enum PaymentCode
{
    /// <summary>It moves no money.</summary>
    Ignored,
    Booked,

    /// <summary>It was booked by an earlier delivery; nothing was added.</summary>
    BookedBefore,

    /// <summary>The event was delivered before with other content, or for another organization.</summary>
    OtherContent,

    /// <summary>There is no such organization.</summary>
    UnknownOrganization,

    /// <summary>It pays back more than the organization has in cash.</summary>
    NotEnough,

    /// <summary>The amount, or what the account took in with it, is out of range.</summary>
    OutOfRange,
}
