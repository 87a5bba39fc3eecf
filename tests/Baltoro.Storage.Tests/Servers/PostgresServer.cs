using System.Diagnostics;
using Npgsql;

namespace Baltoro.Storage.Tests.Servers;

/// <summary>A PostgreSQL server of the tests' own, from the Debian package; absent when the package is.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = ServerProcess.FreePort();
    private readonly string? _bin = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(path => Path.Combine(path, "bin")).LastOrDefault()
        : null;

    private Process? _server;

    /// <summary>Connection string, or a skip of the running test.</summary>
    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_bin is null, "PostgreSQL is not installed (apt-get install postgresql)");
            return $"Host=127.0.0.1;Port={_port};Username=baltoro;Database=postgres;Maximum Pool Size=12;Timeout=60";
        }
    }

    /// <summary>Makes a database without tables; returns its connection string, or skips the running test.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        string name = $"db{Guid.NewGuid():N}";
        await using NpgsqlConnection connection = new(ConnectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return ConnectionString.Replace("Database=postgres", $"Database={name}", StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        if (_bin is null)
        {
            return;
        }

        string data = _folder.File("data");
        Directory.CreateDirectory(data);
        if (Environment.UserName == "root")
        {
            ServerProcess.Run("chown", "-R", "postgres", _folder.Path);
        }

        AsOwner(file: Path.Combine(_bin, "initdb"), run: true, "-D", data, "-U", "baltoro", "--auth=trust", "--no-locale", "-E", "UTF8");
        await StartAsync();
    }

    /// <summary>Kills the server and all its workers at once, as a power cut of the process would.</summary>
    public void Kill()
    {
        // From the root of the tree: runuser stops itself when its child is stopped, and would never end.
        _server?.Kill(entireProcessTree: true);
        _server?.WaitForExit();
        // Where nobody reaps orphans the dead server stays a zombie, and the next one would take it for alive.
        File.Delete(Path.Combine(_folder.File("data"), "postmaster.pid"));
        File.Delete(_folder.File($".s.PGSQL.{_port}.lock"));
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Starts the server on its data and waits until it answers.</summary>
    public async Task StartAsync()
    {
        _server = AsOwner(
            Path.Combine(_bin!, "postgres"), run: false, // only called when the package is there
            "-D", _folder.File("data"), "-p", $"{_port}", "-h", "127.0.0.1", "-k", _folder.Path);
        await ServerProcess.RetryAsync(async () =>
        {
            await using NpgsqlConnection connection = new(ConnectionString);
            await connection.OpenAsync();
        });
    }

    public ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            Kill();
            _server.Dispose();
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static Process? AsOwner(string file, bool run, params string[] arguments)
    {
        bool root = Environment.UserName == "root";
        string program = root ? "/usr/sbin/runuser" : file;
        string[] all = root ? ["-u", "postgres", "--", file, .. arguments] : arguments;
        if (run)
        {
            ServerProcess.Run(program, all);
            return null;
        }

        return ServerProcess.Start(program, all);
    }
}
