using Baltoro.Platform.Receipts;

namespace Baltoro.Storage.Files;

/// <summary>Keeps the key that signs receipts in a file of its own, readable by its owner only, beside and not inside the database.</summary>
public static class ReceiptKeyFile
{
    /// <summary>Reads the key, or makes one when there is none. Two processes that start at once agree on one.</summary>
    /// <exception cref="StorageException">The file cannot be read or written, or holds no key.</exception>
    public static ReceiptKey OpenOrCreate(DataDirectory directory)
    {
        string path = directory.ReceiptKeyFile;
        try
        {
            if (!File.Exists(path))
            {
                OwnerFile.Create(path, ReceiptKey.CreateFile());
            }

            return ReceiptKey.Read(File.ReadAllBytes(path))
                ?? throw new StorageException($"receipt key {path}: expected an Ed25519 private key in PEM, found something else");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"receipt key {path}: cannot be opened ({fault.Message})", fault);
        }
    }
}
