using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;

namespace Baltoro.Storage.Files;

/// <summary>Roots in a file of the data directory, one JSON object per line; copies of it elsewhere are worth the more. Safe for concurrent use.</summary>
public sealed class RootLogFile(string path) : IRootLog
{
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Append(SignedRoot root)
    {
        byte[] line = Encoding.UTF8.GetBytes($"\n{RootJson.Write(root)}\n");
        lock (_lock)
        {
            OwnerFile.Append(path, line);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public IReadOnlyList<SignedRoot> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return [.. File.ReadLines(path).Select(Parse).OfType<SignedRoot>()];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"root log {path}: cannot be read ({fault.Message})", fault);
        }
    }

    private static SignedRoot? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : RootJson.Read(line);
        }
        catch (JsonException)
        {
            // Cut by a crash while it was written; the root stands in the database too.
            return null;
        }
    }
}
