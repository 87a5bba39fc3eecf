namespace Baltoro.Platform.Ledger;

/// <summary>One line of an organization's book; written once, never changed.</summary>
public sealed record LedgerEntry
{
    public required string OrganizationId { get; init; }

    /// <summary>1, 2, 3 … within the organization, without gaps.</summary>
    public required long Sequence { get; init; }

    public required EntryKind Kind { get; init; }

    public required AccountKind Debit { get; init; }

    public required AccountKind Credit { get; init; }

    /// <summary>Pending for <see cref="EntryKind.Reserve"/>, else posted. Never negative.</summary>
    public required Money Amount { get; init; }

    /// <summary>Pending amount that this entry resolves (post, void, expire), else zero.</summary>
    public required Money Released { get; init; }

    /// <summary>Month it counts for, as <c>yyyymm</c>: that of the admission for everything about a request.</summary>
    public required int Period { get; init; }

    /// <summary>Unix milliseconds of the store's clock.</summary>
    public required long AtMs { get; init; }

    /// <summary>Id of the request, top-up or correction it belongs to.</summary>
    public required string RequestId { get; init; }

    /// <summary>Free text for people and token counts of a settlement.</summary>
    public required string Detail { get; init; }

    /// <summary>Hash of the entry before it; 32 zero bytes for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>SHA-256 over every field above; see <see cref="EntryHash"/>.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }
}
