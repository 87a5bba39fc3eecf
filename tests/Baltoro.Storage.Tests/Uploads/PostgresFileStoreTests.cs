using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Uploads;

public sealed class PostgresFileStoreTests(PostgresServer server) : FileStoreConformance, IClassFixture<PostgresServer>, IAsyncDisposable
{
    private readonly Lazy<PostgresDatabase> _database = new(() => PostgresDatabase.Open(server.ConnectionString, TimeProvider.System));

    protected override IFileStore Open() => new PostgresFileStore(_database.Value);

    public async ValueTask DisposeAsync()
    {
        if (_database.IsValueCreated)
        {
            await _database.Value.DisposeAsync();
        }
    }
}
