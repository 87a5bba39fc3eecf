using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

public sealed class PostgresMoneyStoreTests(PostgresServer server) : MoneyStoreConformance, IClassFixture<PostgresServer>, IAsyncDisposable
{
    private readonly List<PostgresDatabase> _databases = [];

    public async ValueTask DisposeAsync()
    {
        foreach (PostgresDatabase database in _databases)
        {
            await database.DisposeAsync();
        }
    }

    private protected override (IAccountStore Accounts, ISqlRunner Runner) OpenNode()
    {
        _databases.Add(PostgresDatabase.Open(server.ConnectionString, Clock));
        return (new PostgresAccountStore(_databases[^1], Clock), new PostgresRunner(_databases[^1]));
    }
}
