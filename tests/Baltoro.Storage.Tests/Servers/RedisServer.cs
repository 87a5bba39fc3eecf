using System.Diagnostics;
using StackExchange.Redis;

namespace Baltoro.Storage.Tests.Servers;

/// <summary>A Redis server of the tests' own, from the Debian package; absent when the package is.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private const string Program = "/usr/bin/redis-server";
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = ServerProcess.FreePort();
    private Process? _server;

    /// <summary>Connection string, or a skip of the running test.</summary>
    public string ConnectionString
    {
        get
        {
            Assert.SkipUnless(File.Exists(Program), "Redis is not installed (apt-get install redis-server)");
            return $"127.0.0.1:{_port},abortConnect=false,connectTimeout=1000,allowAdmin=true,syncTimeout=2000,asyncTimeout=2000";
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (File.Exists(Program))
        {
            await StartAsync();
        }
    }

    /// <summary>Starts the server, empty or with what it saved last, and waits until it answers.</summary>
    public async Task StartAsync(bool forget = true)
    {
        if (forget)
        {
            File.Delete(_folder.File("dump.rdb"));
        }

        _server = ServerProcess.Start(
            Program, "--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--dir", _folder.Path, "--maxmemory-policy", "noeviction");
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(ConnectionString);
        await ServerProcess.RetryAsync(() => connection.GetDatabase().PingAsync());
    }

    /// <summary>Kills the server; everything it held is gone.</summary>
    public void Kill()
    {
        _server?.Kill();
        _server?.WaitForExit();
        _server?.Dispose();
        _server = null;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
