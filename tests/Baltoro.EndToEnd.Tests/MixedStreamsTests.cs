using System.Collections.Concurrent;
using System.Diagnostics;

namespace Baltoro.EndToEnd.Tests;

/// <summary>
/// Many clients at once (64 in the soak run) with short and long prompts, cancels, and fixed questions in between whose answers must never
/// change (I6). Ten minutes with BALTORO_SOAK=1, where memory must stay flat and no stream may starve; a few seconds otherwise.
/// </summary>
public sealed class MixedStreamsTests(ITestOutputHelper output)
{
    private const int FixedQuestions = 4;

    private static readonly bool _isSoak = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1";
    private static readonly int _clients = _isSoak ? 64 : 12;
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(_isSoak ? 600 : 3);

    private readonly ConcurrentDictionary<int, string> _answers = new();
    private readonly ConcurrentBag<double> _gapsMs = [];

    [Fact]
    public async Task MixedStreams_ForAWhile_StayRightFairAndFlat()
    {
        await using EmbeddedServer server = await EmbeddedServer.StartAsync();
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        long start = Stopwatch.GetTimestamp();
        long middleBytes = 0;
        int requests = 0;
        await Task.WhenAll(Enumerable.Range(0, _clients).Select(async client =>
        {
            Random random = new(seed + client);
            while (Stopwatch.GetElapsedTime(start) < _duration)
            {
                await AskAsync(server, random);
                Interlocked.Increment(ref requests);
                if (Stopwatch.GetElapsedTime(start) > _duration / 3)
                {
                    Interlocked.CompareExchange(ref middleBytes, Environment.WorkingSet, 0);
                }
            }
        }));
        await server.WaitUntilIdleAsync(requests);
        double[] gaps = [.. _gapsMs.Order()];
        double median = gaps[gaps.Length / 2];
        double p99 = gaps[gaps.Length * 99 / 100];
        output.WriteLine($"{requests} requests, {gaps.Length} gaps: median {median:F1} ms, p99 {p99:F1} ms; memory {middleBytes >> 20} MiB, then {Environment.WorkingSet >> 20} MiB");
        Assert.Equal(requests, server.Settlement.Counts.Count);
        Assert.All(server.Settlement.Counts.Values, count => Assert.Equal(1, count));
        Assert.True(_answers.Count > 0);
        if (_isSoak)
        {
            Assert.True(p99 <= 4 * median, $"p99 {p99:F1} ms of the gaps is over four medians of {median:F1} ms");
            Assert.True(Environment.WorkingSet < middleBytes * 1.15, $"memory grew from {middleBytes} to {Environment.WorkingSet}");
        }
    }

    private async Task AskAsync(EmbeddedServer server, Random random)
    {
        int kind = random.Next(10);
        if (kind < 2)
        {
            int question = random.Next(FixedQuestions);
            (string text, _) = await ReadAsync(server, Body($"What is {question + 2} plus {question}?", 40, question), int.MaxValue);
            Assert.Equal(_answers.GetOrAdd(question, text), text);
            return;
        }

        string topic = kind == 9 ? string.Join(' ', Enumerable.Range(0, 900).Select(_ => $"word{random.Next(50)}")) : $"number {random.Next(100)}";
        await ReadAsync(server, Body($"Tell me about {topic}.", random.Next(8, 120), random.Next()), kind < 6 ? int.MaxValue : random.Next(1, 12));
    }

    private static string Body(string question, int maxTokens, int seed) => $$"""
        {"model":"kimi-k2-5","stream":true,"max_tokens":{{maxTokens}},"temperature":1,"seed":{{seed}},
         "messages":[{"role":"user","content":"{{question}}"}]}
        """;

    /// <summary>Reads at most <paramref name="most"/> chunks; the text of the deltas and whether it was read to the end.</summary>
    private async Task<(string Text, bool IsWhole)> ReadAsync(EmbeddedServer server, string body, int most)
    {
        using CancellationTokenSource stop = new();
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseHeadersRead, stop.Token);
        Assert.Equal(System.Net.HttpStatusCode.OK, response.StatusCode);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(stop.Token));
        string text = "";
        long last = 0;
        while (await reader.ReadLineAsync(stop.Token) is { } line)
        {
            if (line == "data: [DONE]")
            {
                return (text, true);
            }

            if (!line.StartsWith("data: {", StringComparison.Ordinal))
            {
                continue;
            }

            if (last != 0)
            {
                _gapsMs.Add(Stopwatch.GetElapsedTime(last).TotalMilliseconds);
            }

            last = Stopwatch.GetTimestamp();
            using System.Text.Json.JsonDocument chunk = System.Text.Json.JsonDocument.Parse(line.AsMemory(6));
            text += TextOf(chunk.RootElement);
            if (--most == 0)
            {
                return (text, false);
            }
        }

        Assert.Fail("the stream ended without [DONE]");
        return ("", false);
    }

    private static string TextOf(System.Text.Json.JsonElement chunk) =>
        chunk.TryGetProperty("choices", out System.Text.Json.JsonElement choices) && choices.GetArrayLength() > 0
        && choices[0].GetProperty("delta").TryGetProperty("content", out System.Text.Json.JsonElement content)
        && content.ValueKind == System.Text.Json.JsonValueKind.String
            ? content.GetString()!
            : "";
}
