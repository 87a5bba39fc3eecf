namespace Baltoro.EndToEnd.Tests;

/// <summary>
/// Parallel streams against the real engine, each cut at a random moment or read to its end: no page, slot or settlement is
/// left behind or doubled. Random seed is printed; BALTORO_SOAK=1 runs many more requests.
/// </summary>
public class SoakTests(ITestOutputHelper output)
{
    private const int Parallel = 32;

    [Fact]
    public async Task ParallelStreams_WithRandomDisconnects_LeaveNothingBehind()
    {
        await using EmbeddedServer server = await EmbeddedServer.StartAsync();
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        int rounds = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 40 : 2;
        int[] finished = new int[2];
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(async worker =>
        {
            var random = new Random(seed + worker);
            for (int round = 0; round < rounds; round++)
            {
                bool isWhole = await StreamAsync(server, random, cut: random.Next(2) == 0);
                Interlocked.Increment(ref finished[isWhole ? 1 : 0]);
            }
        }));
        output.WriteLine($"{finished[1]} read to the end, {finished[0]} cut");
        await WaitUntilIdleAsync(server);
        Assert.Equal(0, server.Backend.Stats.Running);
        Assert.Equal(0, server.Backend.Stats.Waiting);
        Assert.Equal(server.Backend.Stats.TotalPages, server.Backend.Stats.FreePages + server.Backend.Stats.CachedPages);
        Assert.Equal(Parallel * rounds, server.Settlement.Counts.Count);
        Assert.All(server.Settlement.Counts.Values, count => Assert.Equal(1, count));
    }

    private static async Task<bool> StreamAsync(EmbeddedServer server, Random random, bool cut)
    {
        string body = $$"""
            {"model":"kimi-k2-5","stream":true,"max_tokens":{{random.Next(8, 120)}},"temperature":1,"seed":{{random.Next()}},
             "messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Tell me about number {{random.Next(100)}}."}]}
            """;
        using CancellationTokenSource stop = new();
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(stop.Token));
        int linesLeft = cut ? random.Next(1, 12) : int.MaxValue;
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            if (line == "data: [DONE]")
            {
                return true;
            }

            if (--linesLeft == 0)
            {
                return false;
            }
        }

        Assert.Fail("the stream ended without [DONE]");
        return false;
    }

    private static async Task WaitUntilIdleAsync(EmbeddedServer server)
    {
        for (int attempt = 0; attempt < 600 && (server.Backend.Stats.Running > 0 || server.Backend.Stats.Waiting > 0); attempt++)
        {
            await Task.Delay(50);
        }
    }
}
