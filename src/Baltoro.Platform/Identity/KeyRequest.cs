namespace Baltoro.Platform.Identity;

/// <summary>What a new key is to be.</summary>
public sealed record KeyRequest
{
    /// <summary>Longest name of a key or an organization, in characters.</summary>
    public const int MaxNameChars = 64;

    public string Name { get; init; } = "default";

    public string OrganizationId { get; init; } = Organization.LocalId;

    public string Tier { get; init; } = Tiers.Tier.Free;
}
