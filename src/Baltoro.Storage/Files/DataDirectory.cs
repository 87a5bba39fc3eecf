namespace Baltoro.Storage.Files;

/// <summary>
/// Layout of the folder that holds everything Baltoro keeps: <c>baltoro.db</c> (SQLite), <c>key-pepper</c> (secret of
/// the key hashes, mode 0600), <c>receipt-key.pem</c> (signs receipts, 0600), <c>receipt-roots.jsonl</c>, <c>settlements.jsonl</c>, <c>server.lock</c> and <c>server.info</c> (which process serves it).
/// </summary>
public sealed class DataDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private DataDirectory(string path) => Path = path;

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>The SQLite file.</summary>
    public string DatabaseFile => System.IO.Path.Combine(Path, "baltoro.db");

    /// <summary>The pepper file.</summary>
    public string PepperFile => System.IO.Path.Combine(Path, "key-pepper");

    /// <summary>The key that signs receipts.</summary>
    public string ReceiptKeyFile => System.IO.Path.Combine(Path, "receipt-key.pem");

    /// <summary>Public keys of other nodes whose roots a check on this one trusts; made by the operator, if at all.</summary>
    public string TrustedReceiptKeysFile => System.IO.Path.Combine(Path, "trusted-receipt-keys.pem");

    /// <summary>Roots of receipts and ledger, outside the database.</summary>
    public string RootLogFile => System.IO.Path.Combine(Path, "receipt-roots.jsonl");

    /// <summary>Settlements that the store has not taken yet.</summary>
    public string SettlementJournalFile => System.IO.Path.Combine(Path, "settlements.jsonl");

    /// <summary>The file a serving process locks.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "server.lock");

    /// <summary>The file in which the serving process says who it is.</summary>
    public string LockInfoFile => System.IO.Path.Combine(Path, "server.info");

    /// <summary>
    /// Opens <paramref name="path"/>, creating it (owner only) when missing, and checks that files can be made in it.
    /// </summary>
    /// <exception cref="StorageException">Not a folder, or not writable.</exception>
    public static DataDirectory Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        try
        {
            if (File.Exists(full))
            {
                throw new StorageException($"data directory {full}: expected a folder, found a file");
            }

            Create(full);
            string probe = System.IO.Path.Combine(full, $".probe-{Guid.NewGuid():N}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"data directory {full}: not writable ({fault.Message})", fault);
        }

        return new DataDirectory(full);
    }

    /// <summary>Opens <paramref name="path"/> only where it has been used before, so that a mistyped one leaves nothing behind.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="holdsDatabase">Whether the SQLite file must be in it.</param>
    /// <exception cref="StorageException">Not there, not a data directory, or not writable.</exception>
    public static DataDirectory OpenExisting(string path, bool holdsDatabase = true)
    {
        DataDirectory directory = new(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(directory.Path) && !File.Exists(directory.Path))
        {
            throw new StorageException($"data directory {directory.Path}: not found; name the one the server uses with --data");
        }

        return File.Exists(directory.Path) || !holdsDatabase || File.Exists(directory.DatabaseFile)
            ? Open(path)
            : throw new StorageException(
                $"data directory {directory.Path}: expected the database baltoro.db in it, found none; name the one the server uses with --data");
    }

    private static void Create(string full)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full);
        }
        else if (!Directory.Exists(full))
        {
            Directory.CreateDirectory(full, OwnerOnly);
        }
    }
}
