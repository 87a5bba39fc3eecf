using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Sqlite.Accounts;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

public sealed class SqliteMoneyStoreTests : MoneyStoreConformance, IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteAccountStore> _stores = [];

    public async ValueTask DisposeAsync()
    {
        foreach (SqliteAccountStore store in _stores)
        {
            await store.DisposeAsync();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private protected override (IAccountStore Accounts, ISqlRunner Runner) OpenNode()
    {
        SqliteDatabase database = SqliteDatabase.Open(_folder.File("baltoro.db"), Clock);
        _stores.Add(SqliteAccountStore.Open(database.Path, Clock));
        return (_stores[^1], new SqliteRunner(database));
    }
}
