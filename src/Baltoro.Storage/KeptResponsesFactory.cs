using Baltoro.Platform.Idempotency;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage;

/// <summary>Opens the kept answers of a data directory.</summary>
public static class KeptResponsesFactory
{
    /// <summary>In the same file as keys and accounts, encrypted under the directory's pepper.</summary>
    /// <exception cref="StorageException">Database or pepper cannot be opened.</exception>
    public static KeptResponses Open(DataDirectory directory, TimeProvider clock) => new(
        new SqlResponseStore(SqliteDatabase.Open(directory.DatabaseFile, clock)), PepperFile.OpenOrCreate(directory), clock);
}
