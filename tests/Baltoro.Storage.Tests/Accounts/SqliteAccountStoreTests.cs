using Baltoro.Platform.Ports;
using Baltoro.Storage.Sqlite.Accounts;
using Baltoro.Storage.Tests.Servers;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Tests.Accounts;

public sealed class SqliteAccountStoreTests : AccountStoreConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteAccountStore> _stores = [];

    protected override ValueTask<IAccountStore> OpenNodeAsync()
    {
        SqliteAccountStore store = SqliteAccountStore.Open(_folder.File("accounts.db"), Clock);
        _stores.Add(store);
        return ValueTask.FromResult<IAccountStore>(store);
    }

    protected override ValueTask TamperAsync(string organizationId, long sequence)
    {
        using SqliteConnection connection = new($"Data Source={_folder.File("accounts.db")}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "DROP TRIGGER ledger_entry_no_update; UPDATE ledger_entry SET amount_nano = amount_nano + 1 WHERE sequence = $s";
        command.Parameters.AddWithValue("$s", sequence);
        Assert.Equal(1, command.ExecuteNonQuery());
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Open_NotADatabase_SaysWhichFile()
    {
        string path = _folder.File("broken.db");
        await File.WriteAllTextAsync(path, new string('x', 8_192));
        StorageException fault = Assert.Throws<StorageException>(() => SqliteAccountStore.Open(path, Clock));
        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entry_Updated_IsRefusedByTheDatabase()
    {
        using SqliteConnection connection = new($"Data Source={_folder.File("accounts.db")}");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO ledger_entry VALUES ('x', 1, 0, 3, 0, 1, 0, 202610, 0, 'r', '', x'00', x'00');
            UPDATE ledger_entry SET amount_nano = 2 WHERE organization_id = 'x';
            """;
        SqliteException fault = Assert.Throws<SqliteException>(() => command.ExecuteNonQuery());
        Assert.Contains("append only", fault.Message, StringComparison.Ordinal);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (SqliteAccountStore store in _stores)
        {
            await store.DisposeAsync();
        }

        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
