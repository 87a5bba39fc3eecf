namespace Baltoro.Platform.Identity;

/// <summary>A part of an organization with keys and limits of its own.</summary>
public sealed record Project
{
    /// <summary>Stable id, <c>pj-…</c>.</summary>
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when its keys are refused.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>Grows with each change; an update of another version is refused.</summary>
    public long Version { get; init; } = 1;
}
