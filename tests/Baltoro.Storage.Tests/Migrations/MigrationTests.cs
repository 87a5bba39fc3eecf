using System.Data.Common;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Storage.Files;
using Baltoro.Storage.Migrations;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite;
using Baltoro.Storage.Tests.Servers;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Baltoro.Storage.Tests.Migrations;

/// <summary>
/// Goal: a database of any earlier version becomes one of this version and keeps every row. Method: the earlier scripts build the
/// schema, rows that a program of that time wrote are loaded, the program of today opens it.
/// </summary>
public sealed class MigrationTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private const string Key = "sk-XWtYhXPyckk6YB5JCIoueQaUs4LuiEkuVJ7MzT1FcDF0uTmSo"; // of the rows' organization acme
    private static readonly string _fixtures = Path.Combine(AppContext.BaseDirectory, "data", "stores");

    public static IEnumerable<TheoryDataRow<string, int, bool>> Fixtures() => Directory.GetFiles(_fixtures, "*.sql")
        .Select(path => Path.GetFileNameWithoutExtension(path).Split('-'))
        .Select(parts => (Store: parts[0], Number: int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)))
        .SelectMany(fixture => (bool[])[false, true], (fixture, steps) => new TheoryDataRow<string, int, bool>(fixture.Store, fixture.Number, steps));

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task Open_DatabaseOfAnEarlierVersion_KeepsEveryRow(string store, int number, bool throughEveryVersion)
    {
        using TemporaryFolder folder = new();
        DataDirectory directory = DataDirectory.Open(folder.Path);
        File.WriteAllBytes(directory.PepperFile, [.. Enumerable.Repeat((byte)7, KeyPepper.SizeBytes)]);
        string rows = await File.ReadAllTextAsync(Path.Combine(_fixtures, $"{store}-{number:0000}.sql"));
        StoreSettings settings = store == "sqlite"
            ? StoreSettings.Default
            : new StoreSettings { Kind = StoreKind.Postgres, Postgres = await postgres.CreateDatabaseAsync() };
        await using (DbConnection old = await OpenOldAsync(settings, directory, number))
        {
            await ExecuteAsync(old, rows);
        }

        foreach (int step in Numbers(Dialect(settings)).Where(later => throughEveryVersion && later > number))
        {
            await (await OpenOldAsync(settings, directory, step)).DisposeAsync();
        }

        SqliteConnection.ClearAllPools();
        await using PlatformStore opened = PlatformStore.Open(settings, directory, TimeProvider.System);
        if (rows.Contains("INTO api_key", StringComparison.Ordinal))
        {
            Assert.Equal("acme", (await opened.Keys.AuthenticateAsync(Key, default))?.OrganizationId);
        }

        if (rows.Contains("INTO ledger_entry", StringComparison.Ordinal))
        {
            Accounting accounting = new(opened.Accounts, AccountingSettings.Shipped());
            LedgerReport report = await accounting.VerifyAsync("acme", default);
            Assert.True(report is { IsSound: true, EntryCount: 9 }, report.Problem);
            Assert.Equal(Money.FromUsd(25) - new Money(182_000), (await accounting.BalanceAsync("acme", default)).Available);
            Assert.Single(await opened.LimitRequests.ListAsync("acme", default));
        }
    }

    [Theory]
    [InlineData(StoreKind.Sqlite)]
    [InlineData(StoreKind.Postgres)]
    public async Task Open_WithPaymentsOfAnEarlierVersion_GivesEachEventToItsFirstOwner(StoreKind kind)
    {
        using TemporaryFolder folder = new();
        DataDirectory directory = DataDirectory.Open(folder.Path);
        StoreSettings settings = kind == StoreKind.Sqlite
            ? StoreSettings.Default
            : new StoreSettings { Kind = kind, Postgres = await postgres.CreateDatabaseAsync() };
        await using (DbConnection old = await OpenOldAsync(settings, directory, 402))
        {
            await ExecuteAsync(old, """
                INSERT INTO idempotency (organization_id, key, fingerprint, sequence, at_ms) VALUES ('late', 'payment/hmac/e1', 'TopUp 1 ', 1, 20);
                INSERT INTO idempotency (organization_id, key, fingerprint, sequence, at_ms) VALUES ('first', 'payment/hmac/e1', 'TopUp 1 ', 1, 10);
                INSERT INTO idempotency (organization_id, key, fingerprint, sequence, at_ms) VALUES ('late', 'topup-1', 'TopUp 1 ', 1, 5);
                """);
        }

        SqliteConnection.ClearAllPools();
        await using PlatformStore opened = PlatformStore.Open(settings, directory, TimeProvider.System);
        Assert.Equal("first", await opened.Money.PaymentEvents.ClaimAsync("payment/hmac/e1", "other", 30, default));
        Assert.Equal("other", await opened.Money.PaymentEvents.ClaimAsync("payment/hmac/e2", "other", 30, default));
        Assert.Equal("other", await opened.Money.PaymentEvents.ClaimAsync("topup-1", "other", 30, default));
    }

    [Fact]
    public async Task Open_ByManyNodesAtOnce_AppliesEachScriptOnce()
    {
        string connection = await postgres.CreateDatabaseAsync();
        using TemporaryFolder folder = new();
        string file = folder.File("many.db");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(index => Task.Run(async () =>
        {
            if (index % 2 == 0)
            {
                await PostgresDatabase.Open(connection, TimeProvider.System).DisposeAsync();
            }
            else
            {
                SqliteDatabase.Open(file, TimeProvider.System);
            }
        })));
        SqliteConnection.ClearAllPools();
        await using NpgsqlConnection postgresAfter = new(connection);
        await using SqliteConnection sqliteAfter = new($"Data Source={file};Pooling=False");
        Assert.Equal(Numbers("Postgres"), await AppliedAsync(postgresAfter));
        Assert.Equal(Numbers("Sqlite"), await AppliedAsync(sqliteAfter));
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task Open_DatabaseOfALaterVersion_IsRefused(string dialect)
    {
        using TemporaryFolder folder = new();
        string place = dialect == "Sqlite" ? folder.File("late.db") : await postgres.CreateDatabaseAsync();
        await OpenAsync();
        await using (DbConnection connection = dialect == "Sqlite" ? new SqliteConnection($"Data Source={place};Pooling=False") : new NpgsqlConnection(place))
        {
            await connection.OpenAsync();
            await ExecuteAsync(connection, "INSERT INTO migration (number, name, applied_at) VALUES (9999, 'later', 1)");
        }

        StorageException fault = await Assert.ThrowsAsync<StorageException>(OpenAsync);
        Assert.Contains("schema 9999 is newer", fault.Message, StringComparison.Ordinal);

        async Task OpenAsync()
        {
            if (dialect == "Sqlite")
            {
                SqliteDatabase.Open(place, TimeProvider.System);
            }
            else
            {
                await PostgresDatabase.Open(place, TimeProvider.System).DisposeAsync();
            }
        }
    }

    private static async Task<DbConnection> OpenOldAsync(StoreSettings settings, DataDirectory directory, int newest)
    {
        int[] only = [.. Numbers(Dialect(settings)).Where(number => number <= newest)];
        if (settings.Kind == StoreKind.Sqlite)
        {
            SqliteDatabase.Open(directory.DatabaseFile, TimeProvider.System, only);
            SqliteConnection.ClearAllPools();
            SqliteConnection sqlite = new($"Data Source={directory.DatabaseFile};Pooling=False");
            await sqlite.OpenAsync();
            return sqlite;
        }

        await PostgresDatabase.Open(settings.Postgres!, TimeProvider.System, only).DisposeAsync(); // set for PostgreSQL
        NpgsqlConnection connection = new(settings.Postgres);
        await connection.OpenAsync();
        return connection;
    }

    private static string Dialect(StoreSettings settings) => settings.Kind == StoreKind.Sqlite ? "Sqlite" : "Postgres";

    private static int[] Numbers(string dialect) => [.. Migrator.Scripts(dialect).Select(script => script.Number)];

    private static async Task<int[]> AppliedAsync(DbConnection connection)
    {
        await connection.OpenAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT number FROM migration ORDER BY number";
        await using DbDataReader rows = await command.ExecuteReaderAsync();
        List<int> applied = [];
        while (await rows.ReadAsync())
        {
            applied.Add(rows.GetInt32(0));
        }

        return [.. applied];
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
