namespace Baltoro.Protocol.Admin;

/// <summary>A key. Times are Unix seconds.</summary>
public sealed record KeyEntry
{
    public string Object { get; init; } = "key";

    public required string Id { get; init; }

    /// <summary>The key itself; only in the answer that issues it.</summary>
    public string? Key { get; init; }

    public required string Hint { get; init; }

    public required string Name { get; init; }

    /// <summary><c>api</c> or <c>admin</c>.</summary>
    public required string Kind { get; init; }

    public required string Organization { get; init; }

    public string? Project { get; init; }

    public string? Member { get; init; }

    public required string Tier { get; init; }

    /// <summary>Role of an admin key that acts for no member.</summary>
    public string? Role { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Ids of the models it may use; empty for all.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Networks it may be used from; empty for all.</summary>
    public required IReadOnlyList<string> Networks { get; init; }

    public required bool Active { get; init; }

    public required long CreatedAt { get; init; }

    public long? ExpiresAt { get; init; }

    public long? RotatedAt { get; init; }

    /// <summary>Until when the secret before the last rotation goes on.</summary>
    public long? PreviousUntil { get; init; }

    public long? RevokedAt { get; init; }

    public long? LastUsedAt { get; init; }
}
