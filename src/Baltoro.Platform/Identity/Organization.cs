namespace Baltoro.Platform.Identity;

/// <summary>Owner of projects, members, keys, caches, limits and money.</summary>
public sealed record Organization(string Id, string Name)
{
    /// <summary>The organization of a fresh installation.</summary>
    public const string LocalId = "local";

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Grows with each change; an update of another version is refused.</summary>
    public long Version { get; init; } = 1;
}
