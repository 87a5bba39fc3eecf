using System.Security.Cryptography;
using Baltoro.Platform.Identity;

namespace Baltoro.Storage.Files;

/// <summary>Keeps the pepper in a file of its own, readable by its owner only, beside and not inside the database.</summary>
public static class PepperFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the pepper, or makes one when there is none. Two processes that start at once agree on one.</summary>
    /// <exception cref="StorageException">The file cannot be read or written, or has the wrong size.</exception>
    public static KeyPepper OpenOrCreate(DataDirectory directory) => OpenOrCreate(directory.PepperFile);

    /// <summary>The same for a file elsewhere, such as a secret that several nodes are given.</summary>
    /// <exception cref="StorageException">The file cannot be read or written, or has the wrong size.</exception>
    public static KeyPepper OpenOrCreate(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Create(path);
            }

            byte[] secret = File.ReadAllBytes(path);
            return secret.Length == KeyPepper.SizeBytes
                ? new KeyPepper(secret)
                : throw new StorageException($"pepper file {path}: expected {KeyPepper.SizeBytes} bytes, found {secret.Length}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"pepper file {path}: cannot be opened ({fault.Message})", fault);
        }
    }

    private static void Create(string path)
    {
        string fresh = $"{path}.{Guid.NewGuid():N}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (FileStream file = new(fresh, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(KeyPepper.SizeBytes));
            file.Flush(flushToDisk: true);
        }

        // Where another process was first, its pepper counts.
        ExclusiveName.TryGive(fresh, path);
        File.Delete(fresh);
    }
}
