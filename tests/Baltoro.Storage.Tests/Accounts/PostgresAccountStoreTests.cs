using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Tests.Servers;
using Npgsql;

namespace Baltoro.Storage.Tests.Accounts;

public sealed class PostgresAccountStoreTests(PostgresServer server) : AccountStoreConformance, IClassFixture<PostgresServer>
{
    private readonly List<PostgresDatabase> _databases = [];

    protected override ValueTask<IAccountStore> OpenNodeAsync()
    {
        PostgresDatabase database = PostgresDatabase.Open(server.ConnectionString, Clock);
        _databases.Add(database);
        return ValueTask.FromResult<IAccountStore>(new PostgresAccountStore(database, Clock));
    }

    protected override async ValueTask TamperAsync(string organizationId, long sequence)
    {
        await using NpgsqlConnection connection = new(server.ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(
            "ALTER TABLE ledger_entry DISABLE TRIGGER USER; "
            + $"UPDATE ledger_entry SET amount_nano = amount_nano + 1 WHERE sequence = {sequence} AND organization_id = '{organizationId}'; "
            + "ALTER TABLE ledger_entry ENABLE TRIGGER USER",
            connection);
        await command.ExecuteNonQueryAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (PostgresDatabase database in _databases)
        {
            await database.DisposeAsync();
        }
    }
}
