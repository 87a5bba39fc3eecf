using Baltoro.Platform.Ports;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Sqlite.Accounts;
using Baltoro.Storage.Tests.Servers;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Tests.Identity;

public sealed class SqliteIdentityStoreTests : IdentityStoreConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteAccountStore> _accounts = [];

    private protected override ValueTask<(SqlKeyStore Keys, SqlDirectoryStore Directory, IAuditLog Audit)> OpenAsync()
    {
        SqliteDatabase database = SqliteDatabase.Open(_folder.File("identity.db"), TimeProvider.System);
        SqliteAccountStore accounts = SqliteAccountStore.Open(database.Path, TimeProvider.System);
        _accounts.Add(accounts);
        return ValueTask.FromResult<(SqlKeyStore, SqlDirectoryStore, IAuditLog)>(
            (SqlKeyStore.Over(database), SqlDirectoryStore.Over(database), accounts));
    }

    protected override async ValueTask ExecuteAsync(string sql)
    {
        await using SqliteConnection connection = new($"Data Source={_folder.File("identity.db")}");
        await connection.OpenAsync();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task AddFirst_FromManySides_OneWins()
    {
        (SqlKeyStore other, _, _) = await OpenAsync();
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
            await (index % 2 == 0 ? Keys : other).TryAddFirstAsync(NewKey(), Event("key.created", "k"), default))));
        Assert.Single(won, isWon => isWon);
        Assert.Single(await Keys.ListAsync(new KeyQuery(), default));
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (SqliteAccountStore store in _accounts)
        {
            await store.DisposeAsync();
        }

        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
