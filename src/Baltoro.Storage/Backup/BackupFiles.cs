using Baltoro.Storage.Files;

namespace Baltoro.Storage.Backup;

/// <summary>
/// The files that belong to a backup beside the database: everything in the data directory (secrets such as the pepper, and
/// what users stored) but the database itself, the lock, the node's name, settings, uploads under way, temporary files, other
/// backups and what can be made anew.
/// </summary>
internal static class BackupFiles
{
    /// <summary>Name of the pepper in a backup, wherever it lies.</summary>
    public const string Pepper = "key-pepper";

    private const string Uploads = "files/";
    private const string UploadUnderWay = ".part";

    /// <summary>A backup is a ZIP archive whose first member is a table: after 30 bytes of its header stands the name.</summary>
    private const int NameOffset = 30;

    /// <summary>What is kept only to be quick, and models pulled from a hub.</summary>
    private static readonly string[] _anew = ["cache/", "models/"];

    private static readonly string[] _own = ["server.lock", "server.info", "node-id", "baltoro.json"];

    /// <summary>Relative name and path of each file.</summary>
    public static IEnumerable<(string Name, string Path)> Of(DataDirectory directory, string pepperPath)
    {
        yield return (Pepper, pepperPath);
        foreach (string path in Directory.EnumerateFiles(directory.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(directory.Path, path).Replace('\\', '/');
            bool isOwn = name.StartsWith("baltoro.db", StringComparison.Ordinal) || name.StartsWith(Pepper, StringComparison.Ordinal)
                || Path.GetFileName(name).StartsWith('.') || _own.Contains(name, StringComparer.Ordinal)
                || _anew.Any(folder => name.StartsWith(folder, StringComparison.Ordinal));
            bool isPassing = name.StartsWith(Uploads, StringComparison.Ordinal)
                ? name.EndsWith(UploadUnderWay, StringComparison.Ordinal)
                : !isOwn && IsBackup(path);
            if (!isOwn && !isPassing)
            {
                yield return (name, path);
            }
        }
    }

    /// <summary>A file to copy, or null when it was removed meanwhile: a server may be working beside the backup.</summary>
    public static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static bool IsBackup(string path)
    {
        Span<byte> head = stackalloc byte[NameOffset + BackupPart.TablePrefix.Length];
        using FileStream? file = Open(path);
        return file is not null && file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && head.StartsWith("PK\u0003\u0004"u8) && head[NameOffset..].SequenceEqual(System.Text.Encoding.ASCII.GetBytes(BackupPart.TablePrefix));
    }

    /// <summary>Where a file of a backup goes; never outside the data directory.</summary>
    /// <exception cref="StorageException">The backup names a place outside it.</exception>
    public static string Target(DataDirectory directory, string pepperPath, string name)
    {
        if (name == Pepper)
        {
            return pepperPath;
        }

        string path = Path.GetFullPath(Path.Combine(directory.Path, name));
        return path.StartsWith(directory.Path + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new StorageException($"backup: the file {name} would lie outside the data directory");
    }
}
