using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Baltoro.Storage.Backup;

/// <summary>Reads a backup file whose parts have all been checked against the manifest.</summary>
internal sealed class BackupReader : IDisposable
{
    private readonly ZipArchive _archive;

    private BackupReader(string path, ZipArchive archive, BackupManifest manifest)
    {
        FilePath = path;
        _archive = archive;
        Manifest = manifest;
    }

    public string FilePath { get; }

    public BackupManifest Manifest { get; }

    /// <exception cref="StorageException">Not a backup, of another format, or damaged; the message names the part.</exception>
    public static BackupReader Open(string path)
    {
        string full = Path.GetFullPath(path);
        ZipArchive? archive = null;
        try
        {
            archive = ZipFile.OpenRead(full);
            BackupReader reader = new(full, archive, ReadManifest(archive, full));
            foreach (BackupPart part in reader.Manifest.Parts)
            {
                reader.Check(part);
            }

            return reader;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            archive?.Dispose();
            throw new StorageException($"backup file {full}: cannot be read ({fault.Message})", fault);
        }
        catch (StorageException)
        {
            archive?.Dispose();
            throw;
        }
    }

    /// <summary>A part's bytes.</summary>
    public Stream OpenPart(BackupPart part) => Entry(part.Name).Open();

    /// <summary>A table's rows, columns first.</summary>
    public IEnumerable<object?[]> Rows(BackupPart part, Action<IReadOnlyList<string>> columns)
    {
        using StreamReader lines = new(OpenPart(part), Encoding.UTF8);
        IReadOnlyList<string> names = RowCodec.ReadHeader(lines.ReadLine() ?? "[]", part.Name);
        columns(names);
        while (lines.ReadLine() is string line)
        {
            yield return RowCodec.ReadRow(line, names.Count, part.Name);
        }
    }

    public void Dispose() => _archive.Dispose();

    private static BackupManifest ReadManifest(ZipArchive archive, string path)
    {
        ZipArchiveEntry entry = archive.GetEntry(BackupManifest.PartName)
            ?? throw new StorageException($"backup file {path}: found no {BackupManifest.PartName}; it is not a backup or not whole");
        using Stream stream = entry.Open();
        BackupManifest? manifest = JsonSerializer.Deserialize(stream, BackupJson.Default.BackupManifest);
        return manifest is { Format: BackupManifest.CurrentFormat }
            ? manifest
            : throw new StorageException(
                $"backup file {path}: found format {manifest?.Format ?? 0}, this program reads {BackupManifest.CurrentFormat}");
    }

    private void Check(BackupPart part)
    {
        using Stream stream = OpenPart(part);
        string found = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (found != part.Sha256)
        {
            throw new StorageException($"backup file {FilePath}: part {part.Name} is damaged (its hash is {found}, expected {part.Sha256})");
        }
    }

    private ZipArchiveEntry Entry(string name) => _archive.GetEntry(name)
        ?? throw new StorageException($"backup file {FilePath}: part {name} is missing");
}
