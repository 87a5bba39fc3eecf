using Baltoro.Platform.Files;
using Baltoro.Platform.Ports;

namespace Baltoro.Storage.Files;

/// <summary>
/// Uploaded bytes in the folder <c>files</c> of a data directory, owner only: <c>ID.bin</c>, beside it <c>ID.txt</c> with the
/// text that was found, and <c>*.part</c> while bytes are received. A file gets its name when all of it is on the disk.
/// </summary>
public sealed class FolderFileContents : IFileContents
{
    private const string BytesEnding = ".bin";
    private const string TextEnding = ".txt";
    private const string DraftEnding = ".part";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    /// <summary>What is younger may belong to another server that shares the folder.</summary>
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    private readonly string _folder;

    private FolderFileContents(string folder) => _folder = folder;

    /// <summary>Opens the folder of a data directory that this process serves; drafts older than a day are removed.</summary>
    /// <exception cref="StorageException">The folder cannot be used.</exception>
    public static FolderFileContents Open(DataDirectory directory, TimeProvider clock)
    {
        string folder = Path.Combine(directory.Path, "files");
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, OwnerFolder);
            }

            foreach (string draft in Directory.EnumerateFiles(folder, $"*{DraftEnding}").Where(path => IsOld(path, clock)))
            {
                File.Delete(draft);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"folder {folder}: cannot be used ({fault.Message})", fault);
        }

        return new FolderFileContents(folder);
    }

    /// <inheritdoc/>
    public IFileDraft CreateDraft() => new Draft(this);

    /// <inheritdoc/>
    public Stream? OpenRead(string id) => Open(PathOf(id, BytesEnding));

    /// <inheritdoc/>
    public Stream? OpenText(string id) => Open(PathOf(id, TextEnding));

    /// <inheritdoc/>
    public void Delete(string id)
    {
        File.Delete(PathOf(id, BytesEnding));
        File.Delete(PathOf(id, TextEnding));
    }

    /// <inheritdoc/>
    public IEnumerable<string> OldIds(TimeProvider clock) =>
        Directory.EnumerateFiles(_folder, $"*{BytesEnding}").Where(path => IsOld(path, clock)).Select(path => Path.GetFileNameWithoutExtension(path)).Where(FileIds.IsValid);

    private static bool IsOld(string path, TimeProvider clock) =>
        clock.GetUtcNow() - File.GetLastWriteTimeUtc(path) > LeftoverAge;

    private string PathOf(string id, string ending) => FileIds.IsValid(id)
        ? Path.Combine(_folder, id + ending)
        : throw new ArgumentException($"'{id}' is not the id of a file", nameof(id));

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            // The answer to the question: there is none.
            return null;
        }
    }

    private FileStream Create()
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return new FileStream(Path.Combine(_folder, $"{Guid.NewGuid():N}{DraftEnding}"), options);
    }

    private sealed class Draft(FolderFileContents owner) : IFileDraft
    {
        private readonly FileStream _bytes = owner.Create();
        private bool _kept;

        public Stream Bytes => _bytes;

        public void Keep(string id, ReadOnlyMemory<byte>? text)
        {
            // The text first: where the bytes have their name, everything is there.
            if (text is { } found)
            {
                using FileStream file = owner.Create();
                file.Write(found.Span);
                file.Flush(flushToDisk: true);
                File.Move(file.Name, owner.PathOf(id, TextEnding));
            }

            _bytes.Flush(flushToDisk: true);
            File.Move(_bytes.Name, owner.PathOf(id, BytesEnding));
            _kept = true;
        }

        public void Dispose()
        {
            _bytes.Dispose();
            if (!_kept)
            {
                File.Delete(_bytes.Name);
            }
        }
    }
}
