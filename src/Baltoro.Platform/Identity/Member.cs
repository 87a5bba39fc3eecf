namespace Baltoro.Platform.Identity;

/// <summary>A person of an organization.</summary>
public sealed record Member
{
    /// <summary>Stable id, <c>mb-…</c>.</summary>
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>Address, in lower case, once per organization.</summary>
    public required string Email { get; init; }

    public required string Name { get; init; }

    public required Role Role { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Grows with each change; an update of another version is refused.</summary>
    public long Version { get; init; } = 1;
}
