namespace Baltoro.Platform.Identity;

/// <summary>A key as the store knows it; the key itself is not in it.</summary>
public sealed record ApiKey
{
    /// <summary>Stable id, <c>ak-…</c>; stays the same over a rotation.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Id of the organization it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>Name of its tier.</summary>
    public required string Tier { get; init; }

    /// <summary>HMAC-SHA-256 of the key's text.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>What may be shown of the key.</summary>
    public required string Hint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Whether the key may still be used.</summary>
    public bool IsActive => RevokedAt is null;
}
