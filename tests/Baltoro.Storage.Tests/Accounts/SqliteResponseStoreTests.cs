using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

public sealed class SqliteResponseStoreTests : ResponseStoreConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private protected override IResponseStore Open() =>
        new SqlResponseStore(SqliteDatabase.Open(Path.Combine(_folder.Path, "baltoro.db"), Clock));
}
