using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Tests.Servers;
using Npgsql;

namespace Baltoro.Storage.Tests.Identity;

public sealed class PostgresIdentityStoreTests(PostgresServer server) : IdentityStoreConformance, IClassFixture<PostgresServer>
{
    private readonly List<PostgresDatabase> _databases = [];

    private protected override ValueTask<(SqlKeyStore Keys, SqlDirectoryStore Directory, IAuditLog Audit)> OpenAsync()
    {
        PostgresDatabase database = PostgresDatabase.Open(server.ConnectionString, TimeProvider.System);
        _databases.Add(database);
        return ValueTask.FromResult<(SqlKeyStore, SqlDirectoryStore, IAuditLog)>(
            (SqlKeyStore.Over(database), SqlDirectoryStore.Over(database), new PostgresAccountStore(database)));
    }

    protected override async ValueTask ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = new(server.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task AddFirst_FromManySides_AtMostOneWins()
    {
        // Other tests of this class use the same database: it may have held a key before.
        (SqlKeyStore other, _, _) = await OpenAsync();
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
            await (index % 2 == 0 ? Keys : other).TryAddFirstAsync(NewKey(), Event("key.created", "k"), default))));
        Assert.InRange(won.Count(isWon => isWon), 0, 1);
    }

    [Fact]
    public async Task Pepper_OfAnotherDatabase_IsRefused()
    {
        KeyPepper pepper = new(new byte[KeyPepper.SizeBytes]);
        await Keys.BindPepperAsync(pepper, "pepper", default);
        await Keys.BindPepperAsync(pepper, "pepper", default);
        KeyPepper another = new([.. Enumerable.Repeat((byte)7, KeyPepper.SizeBytes)]);
        StorageException fault = await Assert.ThrowsAsync<StorageException>(async () => await Keys.BindPepperAsync(another, "other", default));
        Assert.Contains("pepper file other does not belong to database PostgreSQL 127.0.0.1:", fault.Message, StringComparison.Ordinal);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (PostgresDatabase database in _databases)
        {
            await database.DisposeAsync();
        }
    }
}
