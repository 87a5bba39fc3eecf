using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Usage;
using Baltoro.Server.Gate;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Accounts;

/// <summary>Raw completions of several prompts: one request to limits, money and receipts.</summary>
public sealed class BatchTests
{
    private const string Five = """{"model":"kimi-k2-5","prompt":["a","b","c","d","e"],"max_tokens":4}""";

    [Fact]
    public async Task FreeKey_SeveralPrompts_AreOneRequestThatFits()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("free");
        using HttpResponseMessage answer = await PostAsync(client, Five);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(5, (await TestServer.JsonAsync(answer)).GetProperty("choices").GetArrayLength());
        Assert.Equal("2", answer.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        Assert.Single(answer.Headers.GetValues("x-baltoro-receipt").Single().Split(','));
        UsageDay day = Assert.Single(await server.Store.Accounts.ReadUsageAsync("local", 0, int.MaxValue, default));
        Assert.Equal((1, 1, 60, 10), (day.Requests, day.Calls, day.UncachedTokens, day.CompletionTokens));
        Assert.Equal((1, 0, 70, 70), await UsesAsync(client));
    }

    [Fact]
    public async Task FreeKey_RefusedBesideARunningRequest_TakesNothing()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        (_, HttpClient client) = await server.IssueAsync("free");
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.PlayUntilCancelled(step => step < 1 ? Task.CompletedTask : gate.Task);
        using (HttpResponseMessage running = await TestServer.ChatAsync(client, "\"stream\":true,\"max_tokens\":8", readWhole: false))
        {
            Assert.Equal(HttpStatusCode.OK, running.StatusCode);
            (long, long, long, long) before = await UsesAsync(client);
            for (int i = 0; i < 5; i++)
            {
                using HttpResponseMessage refused = await PostAsync(client, Five);
                Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
                Assert.Contains("max concurrency: 1", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            Assert.Equal(before, await UsesAsync(client));
            Assert.Single(server.Backend.Requests);
        }

        gate.SetResult();
        await server.Settlement.NextAsync();
    }

    [Fact]
    public async Task SecondPromptThatFails_IsChargedForTheFirstOnly()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        server.Backend.Script = (request, _) => ScriptedBackend.Events(
            request.Raw == new RawPrompt.Text("a")
                ? ScriptedBackend.Answer(request, "Hel", "lo.")
                : [new ChatEvent.Fault(ChatFaultKind.Internal, "broken")]);
        using HttpResponseMessage answer = await PostAsync(server.Client, Five);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        RequestOutcome outcome = await server.Settlement.NextAsync();
        Assert.Equal((RequestEnd.Faulted, 12, 2), (outcome.End, outcome.Usage.PromptTokens, outcome.Usage.CompletionTokens));
        Assert.Equal(1, server.Settlement.Count);
        UsageDay day = Assert.Single(await server.Store.Accounts.ReadUsageAsync("local", 0, int.MaxValue, default));
        Assert.Equal((12, 2), (day.UncachedTokens, day.CompletionTokens));
        Assert.Equal(Money.Zero, (await server.Accounts.Accounts.BalanceAsync("local", default)).Reserved);
    }

    [Fact]
    public async Task ClientThatLeaves_IsSettledOnceForWhatRan()
    {
        await using TestServer server = await TestServer.StartMeteredAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.PlayUntilCancelled(step => step < 2 ? Task.CompletedTask : gate.Task);
        using (CancellationTokenSource leave = new())
        {
            Task<HttpResponseMessage> sending = PostAsync(server.Client, Five, leave.Token);
            while (server.Backend.Requests.IsEmpty)
            {
                await Task.Delay(10);
            }

            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        }

        gate.SetResult();
        RequestOutcome outcome = await server.Settlement.NextAsync();
        Assert.Equal((RequestEnd.Cancelled, 12), (outcome.End, outcome.Usage.PromptTokens));
        Assert.Single(server.Backend.Requests);
        Assert.Equal(Money.Zero, (await server.Accounts.Accounts.BalanceAsync("local", default)).Reserved);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string body, CancellationToken cancellationToken = default) =>
        client.PostAsync("/v1/completions", new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);

    /// <summary>Used: requests and places, tokens of the minute and the day.</summary>
    private static async Task<(long Requests, long Concurrency, long Minute, long Day)> UsesAsync(HttpClient client)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri("/v1/limits", UriKind.Relative));
        Dictionary<string, long> used = (await TestServer.JsonAsync(answer)).GetProperty("limits").EnumerateArray()
            .ToDictionary(use => use.GetProperty("counts").GetString() ?? "", use => use.GetProperty("used").GetInt64());
        return (used["requests_per_minute"], used["concurrency"], used["tokens_per_minute"], used["tokens_per_day"]);
    }
}
