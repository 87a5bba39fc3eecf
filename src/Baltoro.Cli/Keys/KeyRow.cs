namespace Baltoro.Cli.Keys;

/// <summary>A key as commands show it.</summary>
internal sealed record KeyRow(string Id, string Hint, string Name, string Organization, string Tier, DateTimeOffset CreatedAt, bool IsActive);
