namespace Baltoro.Cli.Keys;

/// <summary>A key as commands show it.</summary>
internal sealed record KeyRow(string Id, string Hint, string Name, string Organization, string Tier, DateTimeOffset CreatedAt, bool IsActive)
{
    public bool IsAdmin { get; init; }

    /// <summary>Role of an admin key; empty for others and for those that have their member's.</summary>
    public string Role { get; init; } = "";

    /// <summary>Project, or empty.</summary>
    public string Project { get; init; } = "";

    public DateTimeOffset? ExpiresAt { get; init; }
}
