using Baltoro.Platform.Identity;
using Baltoro.Platform.Tiers;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage;

/// <summary>Opens the key service of a data directory in SQLite; works beside a running server.</summary>
public static class KeyStoreFactory
{
    /// <summary>Pepper, database and service over <paramref name="directory"/>.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="clock">Time of changes.</param>
    /// <param name="tiers">Tiers a key may have; null: the shipped ones.</param>
    /// <exception cref="StorageException">Any of them cannot be opened.</exception>
    public static KeyService Open(DataDirectory directory, TimeProvider clock, TierTable? tiers = null)
    {
        KeyPepper pepper = PepperFile.OpenOrCreate(directory);
        SqlKeyStore store = SqlKeyStore.Over(SqliteDatabase.Open(directory.DatabaseFile, clock));
        // SQLite works synchronously: this has ended when it returns.
        store.BindPepperAsync(pepper, directory.PepperFile, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return new KeyService(store, pepper, clock, tiers);
    }
}
