namespace Baltoro.Cli.Hub;

/// <summary>A file of a repository.</summary>
/// <param name="Name">Path inside the repository, with forward slashes.</param>
/// <param name="SizeBytes">Its size.</param>
/// <param name="Sha256">SHA-256 in lower-case hex, for large files; null for small ones.</param>
/// <param name="BlobId">Git's blob id (SHA-1) in lower-case hex, for files without <paramref name="Sha256"/>; null when unknown.</param>
internal sealed record HubFile(string Name, long SizeBytes, string? Sha256, string? BlobId);
