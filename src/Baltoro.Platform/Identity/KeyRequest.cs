namespace Baltoro.Platform.Identity;

/// <summary>What a new key is to be.</summary>
public sealed record KeyRequest
{
    /// <summary>Longest name of a key or an organization, in characters.</summary>
    public const int MaxNameChars = 64;

    public string Name { get; init; } = "default";

    public string OrganizationId { get; init; } = Organization.LocalId;

    public string ProjectId { get; init; } = "";

    public string MemberId { get; init; } = "";

    public KeyKind Kind { get; init; }

    public string Tier { get; init; } = Tiers.Tier.Free;

    /// <summary>What it may be used for; null: what keys of its kind usually may.</summary>
    public KeyScopes? Scopes { get; init; }

    /// <summary>Role of an admin key that acts for no member.</summary>
    public Role Role { get; init; }

    /// <summary>Ids of the models it may use; empty for all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Networks it may be used from; empty for all.</summary>
    public NetworkList Networks { get; init; } = NetworkList.Empty;

    public DateTimeOffset? ExpiresAt { get; init; }
}
