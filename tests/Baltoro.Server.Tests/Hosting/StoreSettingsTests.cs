using Baltoro.Platform.Limits;
using Baltoro.Server.Hosting;
using Baltoro.Storage;
using Baltoro.Storage.Sqlite.Accounts;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Hosting;

public sealed class StoreSettingsTests : IDisposable
{
    private const string Connection = "Host=db;Database=b;Username=u;Password=hunter2";
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new() { ["HOME"] = "/home/someone" };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_Nothing_IsSqlite()
    {
        StoreSettings store = Load().Store;
        Assert.Equal((StoreKind.Sqlite, null, null, SqliteDurability.Process), (store.Kind, store.Postgres, store.Redis, store.Durability));
    }

    [Fact]
    public void Load_FileAndEnvironment_EnvironmentWins()
    {
        string file = Path.Combine(_folder.Path, "c.json");
        File.WriteAllText(file, $$"""{"storage": {"store": "postgres", "postgres": "{{Connection}}", "redis": "a:1", "redis_outage": "postgres" } }""");
        _environment["BALTORO_REDIS"] = "10.0.0.1:6379,10.0.0.2:6380,password=hunter2,ssl=false";
        StoreSettings store = Load(file).Store;
        Assert.Equal((StoreKind.Postgres, Connection, SharedLimitOutage.CountInLedger), (store.Kind, store.Postgres, store.RedisOutage));
        Assert.StartsWith("10.0.0.1:6379", store.Redis, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STORE=mysql", "BALTORO_STORE must be sqlite or postgres, found 'mysql'")]
    [InlineData("STORE=postgres", "BALTORO_STORE is postgres, but BALTORO_POSTGRES (in the file storage.postgres) is not set")]
    [InlineData("POSTGRES=Host=db", "BALTORO_POSTGRES is set, but the store is sqlite, which does not use it; see BALTORO_STORE")]
    [InlineData("REDIS=a:1", "BALTORO_REDIS is set, but the store is sqlite, which does not use it; see BALTORO_STORE")]
    [InlineData("STORE=postgres|POSTGRES=Host=db|DURABILITY=power_loss", "BALTORO_DURABILITY is set, but the store is postgres")]
    [InlineData("STORE=postgres|POSTGRES=Host=db|REDIS_OUTAGE=refuse", "BALTORO_REDIS_OUTAGE is set, but BALTORO_REDIS is not")]
    [InlineData("STORE=postgres|POSTGRES=Host=db;Password=hunter2;junk=1", "BALTORO_POSTGRES must be an Npgsql connection string such as")]
    [InlineData("STORE=postgres|POSTGRES=postgres://u:hunter2@db/b", "BALTORO_POSTGRES must be an Npgsql connection string such as")]
    [InlineData("STORE=postgres|POSTGRES=Database=b;Password=hunter2", "no Host is in it")]
    [InlineData("STORE=postgres|POSTGRES=Host=db|REDIS=hunter2", "BALTORO_REDIS must be host:port, several separated by commas, then options such as password=…; part 1 is neither")]
    [InlineData("STORE=postgres|POSTGRES=Host=db|REDIS=a:99999", "part 1 is neither")]
    [InlineData("STORE=postgres|POSTGRES=Host=db|REDIS=password=hunter2", "no address is in it")]
    public void Load_Wrong_NamesTheKeyAndNoPassword(string given, string expected)
    {
        foreach (string pair in given.Split('|'))
        {
            _environment[$"BALTORO_{pair[..pair.IndexOf('=', StringComparison.Ordinal)]}"] = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        StartFailure failure = Assert.Throws<StartFailure>(() => Load());
        Assert.Equal(ExitCode.Settings, failure.ExitCode);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"storage": {"mode": "x"}}""", "storage.mode' in ")]
    [InlineData("""{"storage": {"store": 1}}""", "must be a string")]
    [InlineData("""{"storage": "sqlite"}""", "storage")]
    public void Load_WrongFile_NamesTheKey(string text, string expected)
    {
        string file = Path.Combine(_folder.Path, "c.json");
        File.WriteAllText(file, text);
        StartFailure failure = Assert.Throws<StartFailure>(() => Load(file));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private ServerOptions Load(string? file = null) =>
        ServerOptionsLoader.Load(new Dictionary<string, string>(), file, name => _environment.GetValueOrDefault(name));
}
