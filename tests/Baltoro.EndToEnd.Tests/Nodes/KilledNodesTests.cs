using System.Collections.Concurrent;
using System.Text.Json;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.EndToEnd.Tests.Nodes;

/// <summary>
/// Goal: <c>kill -9</c> of a node, of PostgreSQL or of Redis at any moment loses nothing that was answered, charges nothing twice and
/// leaves nothing reserved. Method: nodes answer requests while one of the three is killed and started again, over and over; then
/// the answers are compared with the ledger. The seed is printed; BALTORO_SOAK=1 kills 200 times.
/// </summary>
[Collection("nodes")]
public sealed class KilledNodesTests(PostgresServer postgres, RedisServer redis, ITestOutputHelper output)
    : IClassFixture<PostgresServer>, IClassFixture<RedisServer>
{
    private const int Nodes = 3;
    private const int Workers = 6;
    private const int LeastAnswers = 50;
    private static readonly TimeSpan _quickRun = TimeSpan.FromSeconds(25);
    private static readonly bool _soak = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1";

    [Fact]
    public async Task Kill_OfNodeDatabaseOrCounters_LosesAndRepeatsNothing()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        await using NodeCluster cluster = await NodeCluster.StartAsync(postgres, redis, Nodes);
        string key = await cluster.CreateKeyAsync("acme");
        await cluster.RunAsync("topup", "--org", "acme", "--amount", "1000");
        ConcurrentQueue<string> answered = new();
        using CancellationTokenSource stop = new();
        Task work = Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => WorkAsync(cluster, key, worker, answered, stop.Token)));
        int[] kills = new int[3];
        long start = TimeProvider.System.GetTimestamp();
        for (int kill = 0; _soak ? kill < 200 : kill < 3 || (kill < 8 && TimeProvider.System.GetElapsedTime(start) < _quickRun); kill++)
        {
            await Task.Delay(200 + random.Next(600));
            int victim = kill < 3 ? kill : random.Next(3);
            kills[victim]++;
            await KillAsync(cluster, victim, random);
        }

        for (int left = 1_200; left > 0 && answered.Count <= LeastAnswers; left--)
        {
            await Task.Delay(100);
        }

        await stop.CancelAsync();
        await work;
        output.WriteLine($"{answered.Count} answered; killed: nodes {kills[0]}, PostgreSQL {kills[1]}, Redis {kills[2]}");
        for (int index = 0; index < Nodes; index++)
        {
            // A restart frees what the node's earlier life left; the leases of this one have ended with its answers.
            await cluster.StopNodeAsync(index);
            await cluster.StartNodeAsync(index);
        }

        await CheckAsync(cluster, answered);
    }

    private static async Task KillAsync(NodeCluster cluster, int victim, Random random)
    {
        switch (victim)
        {
            case 0:
                int node = random.Next(cluster.Count);
                await cluster.KillNodeAsync(node);
                await cluster.StartNodeAsync(node);
                break;
            case 1:
                await cluster.RestartPostgresAsync();
                break;
            default:
                await cluster.RestartRedisAsync();
                break;
        }
    }

    private static async Task WorkAsync(NodeCluster cluster, string key, int worker, ConcurrentQueue<string> answered, CancellationToken stop)
    {
        for (int round = worker; !stop.IsCancellationRequested; round++)
        {
            try
            {
                NodeAnswer answer = await cluster.AskAsync(round % Nodes, key, tokens: 3);
                Assert.True(answer.Status is 200 or 503, $"{answer.Status}: {answer.Text}");
                if (answer.Status == 200)
                {
                    answered.Enqueue(answer.Id);
                }
                else
                {
                    await Task.Delay(50, CancellationToken.None);
                }
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or JsonException)
            {
                // The node was killed: whatever it was doing is the ledger's to tell.
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    private async Task CheckAsync(NodeCluster cluster, ConcurrentQueue<string> answered)
    {
        Assert.Contains("sound", await cluster.VerifyAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await cluster.BalanceAsync("acme", "reserved_nano_usd"));
        List<(string Id, long State, long Charged, long Cost)> rows = await cluster.QueryAsync(
            """
            SELECT request_id, state, charged_nano, used_prompt * input_nano + used_completion * output_nano FROM reservation
            WHERE organization_id = 'acme'
            """,
            row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)));
        Assert.DoesNotContain(rows, row => row.State == 0);
        Dictionary<string, (string Id, long State, long Charged, long Cost)> byId = rows.ToDictionary(row => row.Id, StringComparer.Ordinal);
        // An answer is given after its settlement, or with one that is kept until the store is back; only the end of its node loses that.
        int lost = answered.Count(id => !byId.TryGetValue(id, out (string, long State, long, long) row) || row.State != 1);
        List<(string Id, long Entries)> twice = await cluster.QueryAsync(
            """
            SELECT request_id, count(*) FROM ledger_entry WHERE organization_id = 'acme' AND request_id IN (SELECT request_id FROM reservation)
            GROUP BY request_id HAVING count(*) <> 2
            """,
            row => (row.GetString(0), row.GetInt64(1)));
        output.WriteLine($"{rows.Count} reservations, {answered.Count} answers, {lost} answers that are not charged");
        Assert.DoesNotContain(twice, entry => byId[entry.Id].State != 1 || entry.Entries > 3); // reserve, expiry, late charge
        Assert.All(rows.Where(row => row.State == 1), row => Assert.Equal(row.Cost, row.Charged));
        Assert.True(answered.Count > LeastAnswers, $"only {answered.Count} answers: nothing was tested");
        Assert.Equal(0, lost);
        long available = await cluster.BalanceAsync("acme", "available_nano_usd");
        Assert.Equal(1_000_000_000_000 - rows.Sum(row => row.Charged), available);
    }
}
