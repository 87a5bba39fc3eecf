using Baltoro.Platform.Files;

namespace Baltoro.Platform.Ports;

/// <summary>Keeps what is known about uploaded files. Safe for concurrent use, also by several processes.</summary>
public interface IFileStore
{
    /// <summary>Adds a file if the organization's count and bytes stay within the quota; decided in one step.</summary>
    ValueTask<FileAddCode> TryAddAsync(StoredFile file, FileQuota quota, CancellationToken cancellationToken);

    /// <summary>The file of that id if it belongs to the organization, or null.</summary>
    ValueTask<StoredFile?> FindAsync(string organizationId, string id, CancellationToken cancellationToken);

    /// <summary>Files of an organization, newest first.</summary>
    ValueTask<IReadOnlyList<StoredFile>> ListAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Forgets a file of the organization; false when there is none.</summary>
    ValueTask<bool> TryDeleteAsync(string organizationId, string id, CancellationToken cancellationToken);

    /// <summary>Whether a file of that id is known, whoever owns it.</summary>
    ValueTask<bool> ExistsAsync(string id, CancellationToken cancellationToken);
}
