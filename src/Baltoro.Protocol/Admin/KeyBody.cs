namespace Baltoro.Protocol.Admin;

/// <summary>A new key, or what changes of one.</summary>
public sealed record KeyBody
{
    public string? Name { get; init; }

    /// <summary>Only when it is made; the caller's own without it.</summary>
    public string? Organization { get; init; }

    public string? Project { get; init; }

    /// <summary>Only when it is made.</summary>
    public string? Member { get; init; }

    /// <summary><c>api</c> (without it) or <c>admin</c>; only when it is made.</summary>
    public string? Kind { get; init; }

    /// <summary>Role of an admin key that acts for no member; only when it is made.</summary>
    public string? Role { get; init; }

    /// <summary>Only operators may choose it.</summary>
    public string? Tier { get; init; }

    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyList<string>? Models { get; init; }

    public IReadOnlyList<string>? Networks { get; init; }

    /// <summary>Unix seconds; null for never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Only when it is made; later they have a route of their own.</summary>
    public LimitsBody? Limits { get; init; }
}
