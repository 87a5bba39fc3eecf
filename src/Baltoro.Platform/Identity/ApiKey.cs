namespace Baltoro.Platform.Identity;

/// <summary>A key as the store knows it; the key itself is not in it.</summary>
public sealed record ApiKey
{
    /// <summary>Stable id, <c>ak-…</c>; stays the same over a rotation.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Id of the organization it belongs to.</summary>
    public required string OrganizationId { get; init; }

    /// <summary>Id of its project; empty for none.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>Id of the member it acts for; empty for none.</summary>
    public string MemberId { get; init; } = "";

    public KeyKind Kind { get; init; }

    /// <summary>Name of its tier.</summary>
    public required string Tier { get; init; }

    public KeyScopes Scopes { get; init; } = KeyScopeNames.DefaultOf(KeyKind.Api);

    /// <summary>Role of an admin key that acts for no member.</summary>
    public Role Role { get; init; }

    /// <summary>Ids of the models it may use; empty for all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Networks it may be used from; empty for all.</summary>
    public NetworkList Networks { get; init; } = NetworkList.Empty;

    /// <summary>HMAC-SHA-256 of the key's text.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The hash before the last rotation; good until <see cref="PreviousUntil"/>. Empty when there is none.</summary>
    public ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>Until when the text before the last rotation may be used.</summary>
    public DateTimeOffset? PreviousUntil { get; init; }

    /// <summary>What may be shown of the key.</summary>
    public required string Hint { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RotatedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last accepted, to within the writing interval.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Grows with each change; an update of another version is refused.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Whether the key is not revoked; it may have expired.</summary>
    public bool IsActive => RevokedAt is null;
}
