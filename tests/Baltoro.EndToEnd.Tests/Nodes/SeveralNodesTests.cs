using System.Globalization;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.EndToEnd.Tests.Nodes;

/// <summary>Four server processes on one PostgreSQL and one Redis are as strict as one. BALTORO_SOAK=1 hammers for longer.</summary>
[Collection("nodes")]
public sealed class SeveralNodesTests(PostgresServer postgres, RedisServer redis, ITestOutputHelper output)
    : IClassFixture<PostgresServer>, IClassFixture<RedisServer>
{
    private const int Nodes = 4;
    private const int ParallelRequests = 1_000;
    private const long InputNano = 1_400;
    private const long OutputNano = 4_200;
    private static readonly bool _soak = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1";

    [Fact]
    public async Task FourNodes_ThousandRequestsAndAHammeredLimit_NeverPassBalanceOrLimit()
    {
        await using NodeCluster cluster = await NodeCluster.StartAsync(postgres, redis, Nodes);
        await BalanceHoldsAsync(cluster);
        await LimitHoldsAsync(cluster);
        Assert.Contains("sound", await cluster.VerifyAsync(), StringComparison.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(cluster.StopNodeAsync));
    }

    /// <summary>1,000 requests at once with money for 10 of them.</summary>
    private async Task BalanceHoldsAsync(NodeCluster cluster)
    {
        string rich = await cluster.CreateKeyAsync("local");
        NodeAnswer probe = await cluster.AskAsync(0, rich);
        Assert.True(probe.Status == 200, probe.Text);
        long cost = (probe.PromptTokens * InputNano) + OutputNano;
        long paid = 10 * cost;
        string key = await cluster.CreateKeyAsync("poor");
        await cluster.RunAsync("topup", "--org", "poor", "--amount", (paid / 1_000_000_000m).ToString(CultureInfo.InvariantCulture));
        NodeAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, ParallelRequests).Select(index => cluster.AskAsync(index % Nodes, key)));
        int served = answers.Count(answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal(429, answer.Status));
        long available = await cluster.BalanceAsync("poor", "available_nano_usd");
        long billed = paid - available;
        long expected = answers.Sum(answer => (answer.PromptTokens * InputNano) + (answer.CompletionTokens * OutputNano));
        long refusedThoughPaid = Math.Min(available / cost, ParallelRequests - served);
        output.WriteLine($"{served} of {ParallelRequests} served, billed {billed} of {paid} nano-dollars, {refusedThoughPaid} false refusals");
        Assert.Equal(0, await cluster.BalanceAsync("poor", "reserved_nano_usd"));
        Assert.InRange(billed, 1, paid);
        Assert.Equal(expected, billed);
        Assert.True(refusedThoughPaid * 100 < ParallelRequests, $"{refusedThoughPaid} false refusals");
    }

    /// <summary>Five requests a minute, asked for much more often, over every window of 60 s.</summary>
    private async Task LimitHoldsAsync(NodeCluster cluster)
    {
        const long Limit = 5;
        const long WindowMs = 60_000;
        string key = await cluster.CreateKeyAsync("local", "--name", "limited", "--rpm", $"{Limit}");
        string id = (await cluster.QueryAsync("SELECT id FROM api_key WHERE name = 'limited'", row => row.GetString(0))).Single();
        TimeSpan length = TimeSpan.FromSeconds(_soak ? 200 : 12);
        long start = TimeProvider.System.GetTimestamp();
        int asked = 0;
        await Task.WhenAll(Enumerable.Range(0, 4 * Nodes).Select(async worker =>
        {
            while (TimeProvider.System.GetElapsedTime(start) < length)
            {
                NodeAnswer answer = await cluster.AskAsync(worker % Nodes, key);
                Assert.True(answer.Status is 200 or 429, answer.Text);
                Interlocked.Increment(ref asked);
                await Task.Delay(20);
            }
        }));
        List<long> admitted = await cluster.QueryAsync(
            $"SELECT admitted_at FROM reservation WHERE key_id = '{id}' ORDER BY admitted_at", row => row.GetInt64(0));
        output.WriteLine($"{asked} asked, {admitted.Count} admitted at {Limit} a minute");
        Assert.True(asked > 50, $"only {asked} requests: nothing was tested");
        Assert.True(admitted.Count >= Limit, $"only {admitted.Count} of {Limit} were admitted");
        // Counted when the hold was taken, written a moment later: two neighbours of a window's edge may be closer by that moment.
        const long BetweenHoldAndLedgerMs = 2_000;
        Assert.All(admitted, at => Assert.InRange(admitted.Count(other => other >= at && other < at + WindowMs - BetweenHoldAndLedgerMs), 0, Limit));
    }
}
