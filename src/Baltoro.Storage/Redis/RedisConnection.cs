using System.Globalization;
using StackExchange.Redis;

namespace Baltoro.Storage.Redis;

/// <summary>Opens a connection to Redis that lives as long as the server and comes back by itself after an outage.</summary>
public static class RedisConnection
{
    private const int TimeoutMs = 2_000;

    /// <summary>What is wrong with <c>host:port[,…]</c>, or null. Says nothing of its content, which may hold a password.</summary>
    public static string? ProblemOf(string text)
    {
        const string Expected = "must be host:port, several separated by commas, then options such as password=…";
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        int bad = Array.FindIndex(parts, part => !part.Contains('=', StringComparison.Ordinal) && !IsAddress(part));
        if (bad >= 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Expected}; part {bad + 1} is neither");
        }

        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count == 0 ? $"{Expected}; no address is in it" : null;
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            return Expected;
        }
    }

    /// <summary>
    /// Connects. A server that cannot be reached now is no failure: admission says so until it is there. One that may throw
    /// counters away is.
    /// </summary>
    /// <exception cref="StorageException">The settings are wrong, or the server evicts keys.</exception>
    public static ConnectionMultiplexer Open(string text)
    {
        if (ProblemOf(text) is string problem)
        {
            throw new StorageException($"Redis: the address {problem}");
        }

        ConfigurationOptions options = ConfigurationOptions.Parse(text);
        options.AbortOnConnectFail = false;
        options.AllowAdmin = true; // for reading its memory policy
        options.ConnectTimeout = TimeoutMs;
        options.SyncTimeout = TimeoutMs;
        options.AsyncTimeout = TimeoutMs;
        // While the server is away, callers are told at once.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        options.ClientName ??= "baltoro";
        ConnectionMultiplexer connection = ConnectionMultiplexer.Connect(options);
        try
        {
            CheckPolicy(connection);
            return connection;
        }
        catch (StorageException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CheckPolicy(ConnectionMultiplexer connection)
    {
        foreach (IServer server in connection.GetServers().Where(server => server.IsConnected && !server.IsReplica))
        {
            string memory;
            try
            {
                memory = string.Join('\n', server.Info("memory").SelectMany(group => group).Select(pair => $"{pair.Key}:{pair.Value}"));
            }
            catch (RedisException)
            {
                // A server that does not answer now is judged like one that cannot be reached.
                continue;
            }

            bool evicts = memory.Contains("maxmemory_policy:", StringComparison.Ordinal)
                && !memory.Contains("maxmemory_policy:noeviction", StringComparison.Ordinal)
                && !memory.Contains("maxmemory:0\n", StringComparison.Ordinal);
            if (evicts)
            {
                throw new StorageException($"Redis {server.EndPoint}: maxmemory-policy must be noeviction, or limits would be forgotten");
            }
        }
    }

    private static bool IsAddress(string part)
    {
        int colon = part.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;
    }
}
