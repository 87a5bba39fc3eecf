using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Sqlite.Accounts;

namespace Baltoro.Storage;

/// <summary>Opens the accounts of a data directory; works beside a running server.</summary>
public static class AccountStoreFactory
{
    /// <summary>Accounts live in the same file as the keys, which makes the file its owner's only.</summary>
    /// <exception cref="StorageException">The database cannot be opened.</exception>
    public static SqliteAccountStore Open(DataDirectory directory, TimeProvider clock)
    {
        SqliteDatabase database = SqliteDatabase.Open(directory.DatabaseFile, clock);
        return SqliteAccountStore.Open(database.Path, clock);
    }
}
