using System.Security.Cryptography;

namespace Baltoro.Storage.Files;

/// <summary>
/// Name of a data directory among the nodes of one database. It stays over restarts, so that a restarted node frees what its
/// earlier life had reserved; only the holder of the directory's lock uses it.
/// </summary>
public static class NodeIdFile
{
    private const int IdBytes = 6;
    private const int MaxChars = 64;

    /// <summary>Reads the name, or makes one when there is none.</summary>
    /// <exception cref="StorageException">The file cannot be read or written, or holds something else.</exception>
    public static string OpenOrCreate(DataDirectory directory)
    {
        string path = Path.Combine(directory.Path, "node-id");
        try
        {
            if (!File.Exists(path))
            {
                string fresh = $"{path}.{Guid.NewGuid():N}";
                File.WriteAllText(fresh, $"node-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}");
                ExclusiveName.TryGive(fresh, path);
                File.Delete(fresh);
            }

            string id = File.ReadAllText(path).Trim();
            return id.Length is > 0 and <= MaxChars && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
                ? id
                : throw new StorageException($"node file {path}: expected 1 to {MaxChars} letters, digits, '-', '_' or '.', found {id.Length} characters");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"node file {path}: cannot be opened ({fault.Message})", fault);
        }
    }
}
