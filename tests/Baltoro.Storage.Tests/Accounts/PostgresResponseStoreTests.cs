using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

public sealed class PostgresResponseStoreTests(PostgresServer server) : ResponseStoreConformance, IClassFixture<PostgresServer>, IAsyncDisposable
{
    private readonly List<PostgresDatabase> _databases = [];

    public async ValueTask DisposeAsync()
    {
        foreach (PostgresDatabase database in _databases)
        {
            await database.DisposeAsync();
        }
    }

    private protected override IResponseStore Open()
    {
        _databases.Add(PostgresDatabase.Open(server.ConnectionString, Clock));
        return new SqlResponseStore(_databases[^1]);
    }
}
