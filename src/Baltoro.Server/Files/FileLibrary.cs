using Baltoro.Platform.Files;
using Baltoro.Platform.Ports;

namespace Baltoro.Server.Files;

/// <summary>
/// Uploaded files of organizations: what is known about them and their bytes, kept in step. What a crash leaves behind are at
/// most bytes that nobody knows of; <see cref="SweepAsync"/> removes them.
/// </summary>
public sealed class FileLibrary(IFileStore store, IFileContents contents, TimeProvider clock, FileQuota? quota = null)
{
    /// <summary>What an organization may keep.</summary>
    public FileQuota Quota { get; } = quota ?? new FileQuota();

    /// <summary>A place for bytes that are being received.</summary>
    public IFileDraft CreateDraft() => contents.CreateDraft();

    /// <summary>Keeps a draft as a file of the organization, or says which quota it exceeds.</summary>
    public async ValueTask<(StoredFile? File, FileAddCode Code)> AddAsync(
        IFileDraft draft, string organizationId, string purpose, string name, ReadOnlyMemory<byte>? text, CancellationToken cancellationToken)
    {
        StoredFile file = new()
        {
            Id = FileIds.New(),
            OrganizationId = organizationId,
            Purpose = purpose,
            Name = name,
            SizeBytes = draft.Bytes.Length,
            CreatedAt = clock.GetUtcNow(),
        };
        draft.Keep(file.Id, text);
        FileAddCode code;
        try
        {
            code = await store.TryAddAsync(file, Quota, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            contents.Delete(file.Id);
            throw;
        }

        if (code == FileAddCode.Added)
        {
            return (file, code);
        }

        contents.Delete(file.Id);
        return (null, code);
    }

    /// <summary>The organization's file of that id, or null; another organization's does not exist.</summary>
    public ValueTask<StoredFile?> FindAsync(string organizationId, string id, CancellationToken cancellationToken) =>
        FileIds.IsValid(id) ? store.FindAsync(organizationId, id, cancellationToken) : ValueTask.FromResult<StoredFile?>(null);

    /// <summary>Files of the organization, newest first.</summary>
    public ValueTask<IReadOnlyList<StoredFile>> ListAsync(string organizationId, CancellationToken cancellationToken) =>
        store.ListAsync(organizationId, cancellationToken);

    /// <summary>Removes a file; false when the organization has none of that id.</summary>
    public async ValueTask<bool> DeleteAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        if (!FileIds.IsValid(id) || !await store.TryDeleteAsync(organizationId, id, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        contents.Delete(id);
        return true;
    }

    /// <summary>What is downloaded: the text found in a document, the bytes of any other file. Null when they are gone.</summary>
    public Stream? OpenContent(StoredFile file) =>
        file.Purpose == FilePurpose.FileExtract ? contents.OpenText(file.Id) : contents.OpenRead(file.Id);

    /// <summary>Removes bytes that are a day old or older and that nobody knows of: their upload was cut off by a crash.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        foreach (string id in contents.OldIds(clock).ToList())
        {
            if (!await store.ExistsAsync(id, cancellationToken).ConfigureAwait(false))
            {
                contents.Delete(id);
            }
        }
    }
}
