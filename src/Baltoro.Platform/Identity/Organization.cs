namespace Baltoro.Platform.Identity;

/// <summary>Owner of keys, caches and, later, limits and money.</summary>
public sealed record Organization(string Id, string Name)
{
    /// <summary>The organization of a fresh installation.</summary>
    public const string LocalId = "local";
}
