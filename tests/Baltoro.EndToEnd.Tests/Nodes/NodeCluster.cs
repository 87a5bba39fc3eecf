using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Storage.Tests.Servers;
using Baltoro.Tests.Shared;
using Npgsql;

namespace Baltoro.EndToEnd.Tests.Nodes;

/// <summary>Server processes on one PostgreSQL and one Redis, and the command line on the same store.</summary>
internal sealed class NodeCluster : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly PostgresServer _postgres;
    private readonly RedisServer _redis;
    private readonly ServeProcess?[] _nodes;
    private readonly HttpClient?[] _clients;
    private string _model = "";
    private Dictionary<string, string> _environment = [];

    private NodeCluster(PostgresServer postgres, RedisServer redis, int nodes)
    {
        _postgres = postgres;
        _redis = redis;
        _nodes = new ServeProcess?[nodes];
        _clients = new HttpClient?[nodes];
    }

    public int Count => _nodes.Length;

    /// <summary>Connection string of the nodes' database.</summary>
    public string Database { get; private set; } = "";

    public static async Task<NodeCluster> StartAsync(PostgresServer postgres, RedisServer redis, int nodes)
    {
        NodeCluster cluster = new(postgres, redis, nodes);
        cluster.Database = await postgres.CreateDatabaseAsync();
        cluster._environment = new Dictionary<string, string>
        {
            ["BALTORO_STORE"] = "postgres",
            ["BALTORO_POSTGRES"] = cluster.Database,
            ["BALTORO_REDIS"] = redis.ConnectionString.Split(',')[0],
            ["BALTORO_PEPPER_FILE"] = Path.Combine(cluster._folder.Path, "pepper"),
        };
        cluster._model = await TinyModel.WriteAsync(Path.Combine(cluster._folder.Path, "model"));
        await Task.WhenAll(Enumerable.Range(0, nodes).Select(cluster.StartNodeAsync));
        return cluster;
    }

    /// <summary>Starts a node on the data directory of its number.</summary>
    public async Task StartNodeAsync(int index)
    {
        ServeProcess node = await ServeProcess.StartAsync(
            Path.Combine(_folder.Path, $"node-{index}"), "http://127.0.0.1:0", _model, _environment);
        bool isReady = node.Lines is [.., string last] && last.StartsWith("ready ", StringComparison.Ordinal);
        Assert.True(isReady, isReady ? "" : $"node {index}: no ready line: {await node.Errors}");
        _nodes[index] = node;
        _clients[index] = new HttpClient { BaseAddress = new Uri(node.Url), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>Ends a node as <c>kill -9</c> does.</summary>
    public async Task KillNodeAsync(int index)
    {
        if (_nodes[index] is { } node)
        {
            await node.KillAsync();
            node.Dispose();
        }
    }

    /// <summary>Ends a node with SIGTERM.</summary>
    public async Task StopNodeAsync(int index)
    {
        if (_nodes[index] is { } node)
        {
            Assert.Equal(0, await node.TerminateAsync());
        }
    }

    public async Task RestartPostgresAsync()
    {
        _postgres.Kill();
        await _postgres.StartAsync();
    }

    public async Task RestartRedisAsync()
    {
        _redis.Kill();
        await Task.Delay(200);
        await _redis.StartAsync();
    }

    /// <summary>A chat request of at most <paramref name="tokens"/> tokens to one node: status, request id, prompt tokens, completion tokens.</summary>
    public async Task<NodeAnswer> AskAsync(int index, string key, int tokens = 1)
    {
        string body = $$"""{"model":"kimi-k2-5","max_tokens":{{tokens}},"messages":[{"role":"user","content":"Hello"}]}""";
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        HttpClient client = _clients[index] ?? throw new InvalidOperationException($"node {index} was never started");
        using HttpResponseMessage response = await client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        using JsonDocument reply = JsonDocument.Parse(text);
        bool isAnswer = response.IsSuccessStatusCode;
        JsonElement usage = isAnswer ? reply.RootElement.GetProperty("usage") : default;
        return new NodeAnswer(
            (int)response.StatusCode,
            isAnswer ? reply.RootElement.GetProperty("id").GetString() ?? "" : "",
            isAnswer ? usage.GetProperty("prompt_tokens").GetInt32() : 0,
            isAnswer ? usage.GetProperty("completion_tokens").GetInt32() : 0,
            text);
    }

    /// <summary>Runs a verb on the cluster's store and expects success.</summary>
    public async Task<string> RunAsync(params string[] args)
    {
        (int code, string output) = await ServeProcess.RunAsync(_environment, [.. args, "--data", Path.Combine(_folder.Path, "cli")]);
        Assert.True(code == 0, $"{string.Join(' ', args)}: exit code {code}: {output}");
        return output;
    }

    /// <summary>Replays every ledger and checks every receipt under the keys of all nodes.</summary>
    public async Task<string> VerifyAsync()
    {
        string keys = Path.Combine(_folder.Path, "keys.pem");
        await File.WriteAllTextAsync(keys, "");
        for (int index = 0; index < Count; index++)
        {
            (int code, string key) = await ServeProcess.RunAsync(_environment, "ledger", "public-key", "--data", Path.Combine(_folder.Path, $"node-{index}"));
            Assert.Equal(0, code);
            await File.AppendAllTextAsync(keys, key + "\n");
        }

        return await RunAsync("ledger", "verify", "--public-key", keys);
    }

    /// <summary>A key of an organization, which is made first where it is not the installation's own.</summary>
    public async Task<string> CreateKeyAsync(string organization, params string[] more)
    {
        if (organization != "local")
        {
            await RunAsync("orgs", "create", organization, "--name", organization);
        }

        string output = await RunAsync(["keys", "create", "--org", organization, "--tier", "enterprise", "--json", .. more]);
        using JsonDocument key = JsonDocument.Parse(output);
        return key.RootElement.GetProperty("key").GetString() ?? "";
    }

    /// <summary>A number of the balance, in nano-dollars.</summary>
    public async Task<long> BalanceAsync(string organization, string field)
    {
        using JsonDocument balance = JsonDocument.Parse(await RunAsync("balance", "--org", organization, "--json"));
        return balance.RootElement.GetProperty(field).GetInt64();
    }

    /// <summary>All rows of a query on the database itself.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using NpgsqlConnection connection = new(Database);
        await connection.OpenAsync();
        await using NpgsqlCommand command = new(sql, connection);
        await using NpgsqlDataReader rows = await command.ExecuteReaderAsync();
        List<T> list = [];
        while (await rows.ReadAsync())
        {
            list.Add(read(rows));
        }

        return list;
    }

    public ValueTask DisposeAsync()
    {
        foreach (HttpClient? client in _clients)
        {
            client?.Dispose();
        }

        foreach (ServeProcess? node in _nodes)
        {
            node?.Dispose();
        }

        NpgsqlConnection.ClearAllPools();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
