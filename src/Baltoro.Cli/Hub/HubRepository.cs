namespace Baltoro.Cli.Hub;

/// <summary>A repository at one commit.</summary>
internal sealed record HubRepository(string Id, string Commit, IReadOnlyList<HubFile> Files);
