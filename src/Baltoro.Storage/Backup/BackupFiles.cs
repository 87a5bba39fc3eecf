using Baltoro.Storage.Files;

namespace Baltoro.Storage.Backup;

/// <summary>
/// The files that belong to a backup beside the database: everything in the data directory (secrets such as the pepper, and
/// what users stored) but the database itself, the lock, the node's name, settings, temporary files and what can be made anew.
/// </summary>
internal static class BackupFiles
{
    /// <summary>Name of the pepper in a backup, wherever it lies.</summary>
    public const string Pepper = "key-pepper";

    /// <summary>What is kept only to be quick.</summary>
    private const string Cache = "cache/";

    private static readonly string[] _own = ["server.lock", "server.info", "node-id", "baltoro.json"];

    /// <summary>Relative name and path of each file.</summary>
    public static IEnumerable<(string Name, string Path)> Of(DataDirectory directory, string pepperPath)
    {
        yield return (Pepper, pepperPath);
        foreach (string path in Directory.EnumerateFiles(directory.Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(directory.Path, path).Replace('\\', '/');
            bool isOwn = name.StartsWith("baltoro.db", StringComparison.Ordinal) || name.StartsWith(Pepper, StringComparison.Ordinal)
                || name.StartsWith(Cache, StringComparison.Ordinal) || Path.GetFileName(name).StartsWith('.') || _own.Contains(name, StringComparer.Ordinal);
            if (!isOwn)
            {
                yield return (name, path);
            }
        }
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
