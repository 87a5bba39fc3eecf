using Baltoro.Platform.Ports;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Tests.Servers;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Tests.Uploads;

public sealed class SqliteFileStoreTests : FileStoreConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected override IFileStore Open() => new SqliteFileStore(SqliteDatabase.Open(_folder.File("baltoro.db"), TimeProvider.System));

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
