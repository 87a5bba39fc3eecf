using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Baltoro.Storage.Backup;

/// <summary>Writes a backup file: parts, then the manifest. The file has its name only when it is whole; readable by its owner only.</summary>
internal sealed class BackupWriter : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _path;
    private readonly string _partial;
    private readonly FileStream _file;
    private readonly ZipArchive _archive;
    private readonly List<BackupPart> _parts = [];

    /// <exception cref="StorageException">The file is there already, or cannot be written.</exception>
    public BackupWriter(string path)
    {
        _path = Path.GetFullPath(path);
        _partial = $"{_path}.{Guid.NewGuid():N}";
        if (File.Exists(_path))
        {
            throw new StorageException($"backup file {_path}: is there already; choose another name");
        }

        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            _file = new FileStream(_partial, options);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"backup file {_path}: cannot be written ({fault.Message})", fault);
        }

        _archive = new ZipArchive(_file, ZipArchiveMode.Create, leaveOpen: true);
    }

    /// <summary>What was written so far.</summary>
    public IReadOnlyList<BackupPart> Parts => _parts;

    /// <summary>Adds a part; <paramref name="write"/> returns its number of rows or bytes.</summary>
    public async ValueTask AddAsync(string name, Func<Stream, ValueTask<long>> write)
    {
        using SHA256 hash = SHA256.Create();
        long rows;
        Stream entry = _archive.CreateEntry(name, CompressionLevel.Fastest).Open();
        await using (entry.ConfigureAwait(false))
        {
            CryptoStream hashed = new(entry, hash, CryptoStreamMode.Write, leaveOpen: true);
            await using (hashed.ConfigureAwait(false))
            {
                BufferedStream buffered = new(hashed, 1 << 16);
                rows = await write(buffered).ConfigureAwait(false);
                await buffered.FlushAsync().ConfigureAwait(false);
            }
        }

        _parts.Add(new BackupPart(name, rows, Convert.ToHexStringLower(hash.Hash ?? [])));
    }

    /// <summary>Writes the manifest and gives the file its name.</summary>
    /// <exception cref="StorageException">Somebody made a file of that name meanwhile.</exception>
    public void Finish(BackupManifest manifest)
    {
        using (Stream entry = _archive.CreateEntry(BackupManifest.PartName).Open())
        {
            JsonSerializer.Serialize(entry, manifest, BackupJson.Default.BackupManifest);
        }

        _archive.Dispose();
        _file.Flush(flushToDisk: true);
        if (!Files.ExclusiveName.TryGive(_partial, _path))
        {
            throw new StorageException($"backup file {_path}: is there already; choose another name");
        }
    }

    public void Dispose()
    {
        _archive.Dispose();
        _file.Dispose();
        File.Delete(_partial);
    }
}
