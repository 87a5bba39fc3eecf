using Baltoro.Platform.Identity;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage;

/// <summary>Opens the key service of a data directory in SQLite; works beside a running server.</summary>
public static class KeyStoreFactory
{
    /// <summary>Pepper, database and service over <paramref name="directory"/>.</summary>
    /// <exception cref="StorageException">Any of them cannot be opened.</exception>
    public static KeyService Open(DataDirectory directory, TimeProvider clock)
    {
        KeyPepper pepper = PepperFile.OpenOrCreate(directory);
        SqliteKeyStore store = new(SqliteDatabase.Open(directory.DatabaseFile, clock));
        store.BindPepper(pepper, directory.PepperFile);
        return new KeyService(store, pepper, clock);
    }
}
