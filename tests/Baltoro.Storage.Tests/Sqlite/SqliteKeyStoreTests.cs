using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Files;
using Baltoro.Storage.Migrations;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Sqlite;
using Baltoro.Tests.Shared;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Tests.Sqlite;

public sealed class SqliteKeyStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DataDirectory _directory;

    public SqliteKeyStoreTests() => _directory = DataDirectory.Open(_folder.Path);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task Keys_AfterReopening_AreTheSame()
    {
        KeyService first = Open();
        IssuedKey issued = (await first.CreateAsync(new KeyRequest { Name = "ä", OrganizationId = "acme", Tier = "tier1" }, default)).Issued!;
        SqliteConnection.ClearAllPools();
        KeyService second = Open();

        ApiKey key = Assert.Single(await second.ListAsync(default));
        Assert.Equal(("ä", "acme", "tier1", issued.Key.Hint), (key.Name, key.OrganizationId, key.Tier, key.Hint));
        Assert.Equal(issued.Key.CreatedAt.ToUnixTimeMilliseconds(), key.CreatedAt.ToUnixTimeMilliseconds());
        Assert.Equal(issued.Key.Id, (await second.AuthenticateAsync(issued.Text, default))?.KeyId);
    }

    [Fact]
    public async Task Database_NeverContainsAKey()
    {
        IssuedKey issued = (await Open().CreateAsync(new KeyRequest(), default)).Issued!;
        SqliteConnection.ClearAllPools();
        foreach (string file in Directory.EnumerateFiles(_folder.Path))
        {
            string text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain(issued.Text[3..20], text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rotate_FromManySides_ExactlyTheLastWinnerIsValid()
    {
        KeyService keys = Open();
        string id = (await keys.CreateAsync(new KeyRequest(), default)).Issued!.Key.Id;
        KeyResult[] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await Open().RotateAsync(id, default))));

        Assert.All(results, result => Assert.True(result.Problem is KeyProblem.None or KeyProblem.Conflict));
        List<bool> valid = [];
        foreach (KeyResult result in results.Where(result => result.Issued is not null))
        {
            valid.Add(await keys.AuthenticateAsync(result.Issued!.Text, default) is not null);
        }

        Assert.Single(valid, isValid => isValid);
    }

    [Fact]
    public async Task Create_FromManySides_LosesNothing()
    {
        KeyResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 24).Select(index => Task.Run(async () => await Open().CreateAsync(new KeyRequest { Name = $"k{index}" }, default))));
        Assert.Equal(24, (await Open().ListAsync(default)).Count);
        Assert.Equal(24, results.Select(result => result.Issued!.Key.Id).Distinct().Count());
    }

    /// <summary>
    /// Goal: a process that dies at any byte of the write-ahead log leaves a sound database that holds every key whose
    /// creation was reported before the part that is lost. Method: copy database and log, cut the log, open, check.
    /// </summary>
    [Fact]
    public async Task Crash_AtAnyByteOfTheLog_LeavesASoundDatabase()
    {
        KeyService keys = Open();
        string log = _directory.DatabaseFile + "-wal";
        List<(string Id, long LogBytes)> created = [];
        using SqliteConnection open = SqliteDatabase.Open(_directory.DatabaseFile, TimeProvider.System).Connect();
        for (int i = 0; i < 6; i++)
        {
            string id = (await keys.CreateAsync(new KeyRequest { Name = $"k{i}" }, default)).Issued!.Key.Id;
            created.Add((id, new FileInfo(log).Length));
        }

        Random random = new(4_711);
        for (int trial = 0; trial < 40; trial++)
        {
            long cut = trial == 0 ? new FileInfo(log).Length : random.NextInt64(new FileInfo(log).Length + 1);
            using TempFolder copy = new();
            string database = Path.Combine(copy.Path, "baltoro.db");
            File.Copy(_directory.DatabaseFile, database);
            File.WriteAllBytes(database + "-wal", ReadShared(log)[..(int)cut]);
            SqlKeyStore store = SqlKeyStore.Over(SqliteDatabase.Open(database, TimeProvider.System));
            HashSet<string> found = [.. (await store.ListAsync(new KeyQuery(), default)).Select(key => key.Id)];

            Assert.Equal("ok", IntegrityOf(database));
            Assert.All(created.Where(key => key.LogBytes <= cut), key => Assert.Contains(key.Id, found));
            SqliteConnection.ClearAllPools();
        }
    }

    [Fact]
    public void Open_DatabaseOfANewerProgram_IsRefusedWithBothNumbers()
    {
        Open();
        using (SqliteConnection connection = SqliteDatabase.Open(_directory.DatabaseFile, TimeProvider.System).Connect())
        {
            SqliteDatabase.Execute(connection, "INSERT INTO migration (number, name, applied_at) VALUES (9999, 'later', 0)");
        }

        StorageException fault = Assert.Throws<StorageException>(Open);
        Assert.Contains("schema 9999 is newer than this program's ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileThatIsNoDatabase_IsRefusedWithItsPath()
    {
        File.WriteAllText(_directory.DatabaseFile, "this is certainly not a database, it is only some text in a file");
        StorageException fault = Assert.Throws<StorageException>(Open);
        Assert.Contains(_directory.DatabaseFile, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherPepper_IsRefused()
    {
        Open();
        File.WriteAllBytes(_directory.PepperFile, new byte[32]);
        StorageException fault = Assert.Throws<StorageException>(Open);
        Assert.Contains("does not belong to database", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Database_IsTheOwnersOnly()
    {
        Open();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_directory.DatabaseFile));
        }
    }

    /// <summary>From every earlier version: the keys stay good, with the rights they had, and what is new is there.</summary>
    [Fact]
    public async Task Open_DatabaseOfAnyEarlierVersion_KeepsItsKeysAndGainsTheRest()
    {
        KeyPepper pepper = PepperFile.OpenOrCreate(_directory);
        foreach ((int number, string _) in Migrator.Scripts("Sqlite").SkipLast(1))
        {
            string text = ApiKeyText.Create();
            using (SqliteConnection old = new($"Data Source={_directory.DatabaseFile}"))
            {
                old.Open();
                Migrator.Run(old, "Sqlite", "old", () => old.BeginTransaction(deferred: false), TimeProvider.System,
                    [.. Migrator.Scripts("Sqlite").Select(script => script.Number).Where(known => known <= number)]);
                SqliteDatabase.Execute(old, "INSERT INTO organization (id, name, created_at) VALUES ('acme', 'acme', 1)");
                SqliteDatabase.Execute(old, $"""
                    INSERT INTO api_key (id, name, organization_id, tier, hash, hint, created_at)
                    VALUES ('ak-old', 'old', 'acme', 'tier1', x'{Convert.ToHexString(pepper.Hash(text))}', 'sk-…', 1)
                    """);
            }

            SqliteConnection.ClearAllPools();
            Assert.Equal(new Caller("ak-old", "acme", "tier1"), await Open().AuthenticateAsync(text, default));
            using (SqliteConnection after = SqliteDatabase.Open(_directory.DatabaseFile, TimeProvider.System).Connect())
            {
                Assert.Equal(["ledger_entry", "member"], Tables(after).Intersect(["ledger_entry", "member"]).Order());
            }

            SqliteConnection.ClearAllPools();
            File.Delete(_directory.DatabaseFile);
        }
    }

    [Fact]
    public void Migrations_HaveNumbersOfTheirOwn()
    {
        int[] numbers = [.. Migrator.Scripts("Sqlite").Select(script => script.Number)];
        Assert.Equal([1, 100, 200], numbers[..3]);
        Assert.Equal(numbers.Distinct().Order(), numbers);
    }

    private static List<string> Tables(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> tables = [];
        while (reader.Read())
        {
            tables.Add(reader.GetString(0));
        }

        return tables;
    }

    private KeyService Open() => KeyStoreFactory.Open(_directory, TimeProvider.System);

    private static byte[] ReadShared(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static object? IntegrityOf(string path)
    {
        using SqliteConnection connection = new($"Data Source={path};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return command.ExecuteScalar();
    }
}
