using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Baltoro.Storage.Postgres;

namespace Baltoro.Bench.Platform;

/// <summary>A PostgreSQL and a Redis of the measurement's own on loopback, from the Debian packages, with their standard settings.</summary>
internal sealed class LocalDatabases : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("baltoro-bench-").FullName;
    private readonly List<Process> _running = [];

    public string Postgres { get; private set; } = "";

    public string Redis { get; private set; } = "";

    public static async Task<LocalDatabases> StartAsync()
    {
        string? bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(path => Path.Combine(path, "bin")).LastOrDefault()
            : null;
        if (bin is null || !File.Exists("/usr/bin/redis-server"))
        {
            throw new BenchOptionException("PostgreSQL and Redis are not installed; give --postgres and --redis, or apt-get install postgresql redis-server");
        }

        LocalDatabases databases = new();
        int port = FreePort();
        string data = Path.Combine(databases._folder, "pg");
        Directory.CreateDirectory(data);
        string[] owner = Environment.UserName == "root" ? ["/usr/sbin/runuser", "-u", "postgres", "--"] : [];
        if (owner.Length > 0)
        {
            Run(["chown", "-R", "postgres", databases._folder]);
        }

        Run([.. owner, Path.Combine(bin, "initdb"), "-D", data, "-U", "baltoro", "--auth=trust", "--no-locale", "-E", "UTF8"]);
        databases._running.Add(Start([.. owner, Path.Combine(bin, "postgres"), "-D", data, "-p", $"{port}", "-h", "127.0.0.1", "-k", databases._folder]));
        databases.Postgres = $"Host=127.0.0.1;Port={port};Username=baltoro;Database=postgres";
        int redis = FreePort();
        databases._running.Add(Start(["/usr/bin/redis-server", "--port", $"{redis}", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"]));
        databases.Redis = $"127.0.0.1:{redis}";
        await WaitAsync(databases.Postgres).ConfigureAwait(false);
        return databases;
    }

    public void Dispose()
    {
        foreach (Process process in _running)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task WaitAsync(string connection)
    {
        for (int left = 100; ; left--)
        {
            try
            {
                await PostgresDatabase.Open(connection, TimeProvider.System).DisposeAsync().ConfigureAwait(false);
                return;
            }
            catch (Storage.StorageException) when (left > 0)
            {
                await Task.Delay(100).ConfigureAwait(false);
            }
        }
    }

    private static void Run(string[] command)
    {
        using Process process = Start(command);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new BenchOptionException($"{string.Join(' ', command)}: exit code {process.ExitCode}");
        }
    }

    private static Process Start(string[] command)
    {
        Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BenchOptionException($"{command[0]} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
