using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Server.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Accounts;

/// <summary><c>Idempotency-Key</c> over real HTTP: the same answer, charged once, whatever happened to the first attempt.</summary>
public sealed class IdempotencyTests
{
    private const long AnswerNano = 25_200;

    [Theory]
    [InlineData("")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    public async Task Repeat_SameBody_IsTheSameAnswerChargedOnce(string more)
    {
        await using TestServer server = await MeteredAsync();
        using HttpResponseMessage first = await SendAsync(server.Client, "k1", more);
        using HttpResponseMessage second = await SendAsync(server.Client, "k1", more);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        Assert.False(first.Headers.Contains("idempotency-replayed"));
        Assert.Equal("true", second.Headers.GetValues("idempotency-replayed").Single());
        Assert.Single(server.Backend.Requests);
        Assert.Equal(AnswerNano, await ChargedAsync(server));
    }

    [Fact]
    public async Task Repeat_OtherBodyOrRoute_IsRefusedByName()
    {
        await using TestServer server = await MeteredAsync();
        using HttpResponseMessage first = await SendAsync(server.Client, "k1");
        using HttpResponseMessage other = await SendAsync(server.Client, "k1", "\"max_tokens\":3");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        JsonElement error = (await TestServer.JsonAsync(other)).GetProperty("error");
        Assert.Equal("idempotency_key_reused", error.GetProperty("code").GetString());
        Assert.Contains("Idempotency-Key", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(AnswerNano, await ChargedAsync(server));
    }

    [Fact]
    public async Task Repeat_OfAnotherKeyOrOrganization_IsAnotherRequest()
    {
        await using TestServer server = await MeteredAsync();
        (_, HttpClient sameOrganization) = await server.IssueAsync("enterprise");
        (_, HttpClient other) = await server.IssueAsync("free", "acme");
        foreach (HttpClient client in new[] { server.Client, sameOrganization, other })
        {
            using HttpResponseMessage answer = await SendAsync(client, "k1");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.False(answer.Headers.Contains("idempotency-replayed"));
        }

        Assert.Equal(3, server.Backend.Requests.Count);
    }

    [Fact]
    public async Task Repeat_WhileTheFirstRuns_IsConflictThenTheAnswer()
    {
        await using TestServer server = await MeteredAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.Script = (request, _) => Gated(request, gate.Task);
        Task<HttpResponseMessage> first = SendAsync(server.Client, "k1");
        await UntilAsync(() => server.Backend.Requests.Count == 1);
        using (HttpResponseMessage early = await SendAsync(server.Client, "k1"))
        {
            Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
            Assert.NotNull(early.Headers.RetryAfter);
            Assert.Equal(
                "idempotency_request_in_progress", (await TestServer.JsonAsync(early)).GetProperty("error").GetProperty("code").GetString());
        }

        gate.SetResult();
        string text = await (await first).Content.ReadAsStringAsync();
        using HttpResponseMessage late = await SendAsync(server.Client, "k1");
        Assert.Equal(text, await late.Content.ReadAsStringAsync());
        Assert.Equal(AnswerNano, await ChargedAsync(server));
    }

    [Fact]
    public async Task Repeat_AfterTheClientWasCut_IsTheWholeAnswer()
    {
        await using TestServer server = await MeteredAsync();
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.Script = (request, _) => Gated(request, gate.Task);
        using (CancellationTokenSource hangUp = new())
        {
            Task<HttpResponseMessage> first = SendAsync(server.Client, "k1", "\"stream\":true", hangUp.Token);
            await UntilAsync(() => server.Backend.Requests.Count == 1);
            await hangUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        gate.SetResult();
        HttpResponseMessage repeat = await SendAsync(server.Client, "k1", "\"stream\":true");
        while (repeat.StatusCode == HttpStatusCode.Conflict)
        {
            repeat.Dispose();
            await Task.Delay(20);
            repeat = await SendAsync(server.Client, "k1", "\"stream\":true");
        }

        Assert.Equal("true", repeat.Headers.GetValues("idempotency-replayed").Single());
        Assert.EndsWith("data: [DONE]\n\n", await repeat.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Backend.Cancelled);
        Assert.Equal(AnswerNano, await ChargedAsync(server));
    }

    [Fact]
    public async Task RefusedRequest_ForgetsItsKey()
    {
        await using TestServer server = await MeteredAsync();
        using HttpResponseMessage refused = await SendAsync(server.Client, "k1", "\"n\":99");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        using HttpResponseMessage answer = await SendAsync(server.Client, "k1");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task FailureAfterOutput_IsChargedOnceOverAllAttempts()
    {
        await using TestServer server = await MeteredAsync();
        server.Backend.Play(
            new ChatEvent.TextDelta(0, "Hel"), new ChatEvent.Usage(new ChatUsage(12, 0, 2, 0)), new ChatEvent.Fault(ChatFaultKind.Internal, "broken"));
        using HttpResponseMessage failed = await SendAsync(server.Client, "k1");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(AnswerNano, await ChargedAsync(server));
        server.Backend.Script = null;
        using HttpResponseMessage answer = await SendAsync(server.Client, "k1");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(AnswerNano, await ChargedAsync(server));
    }

    [Fact]
    public async Task StreamThatEndsWithAnError_RunsAgain()
    {
        await using TestServer server = await MeteredAsync();
        server.Backend.Play(
            new ChatEvent.TextDelta(0, "Hel"), new ChatEvent.Usage(new ChatUsage(12, 0, 2, 0)), new ChatEvent.Fault(ChatFaultKind.Internal, "broken"));
        using HttpResponseMessage failed = await SendAsync(server.Client, "k1", "\"stream\":true");
        Assert.DoesNotContain("[DONE]", await failed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        server.Backend.Script = null;
        using HttpResponseMessage answer = await SendAsync(server.Client, "k1", "\"stream\":true");
        Assert.EndsWith("data: [DONE]\n\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("idempotency-replayed"));
        Assert.Equal(AnswerNano, await ChargedAsync(server));
    }

    [Fact]
    public async Task Key_AfterADay_IsAsGoodAsNew()
    {
        FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeSeconds(1_790_000_000));
        await using TestServer server = await MeteredAsync(clock);
        using HttpResponseMessage first = await SendAsync(server.Client, "k1");
        clock.Advance(TimeSpan.FromHours(23.9));
        using HttpResponseMessage kept = await SendAsync(server.Client, "k1");
        Assert.True(kept.Headers.Contains("idempotency-replayed"));
        clock.Advance(TimeSpan.FromHours(0.2));
        using HttpResponseMessage fresh = await SendAsync(server.Client, "k1", "\"max_tokens\":5");
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.False(fresh.Headers.Contains("idempotency-replayed"));
        Assert.Equal(2 * AnswerNano, await ChargedAsync(server));
    }

    [Theory]
    [InlineData("sk-nobody", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.BadRequest)]
    public async Task BadKeys_AreRefused(string? bearer, HttpStatusCode expected)
    {
        await using TestServer server = await MeteredAsync();
        HttpClient client = server.NewClient();
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
        }

        using HttpResponseMessage answer = await SendAsync(client, new string('k', 256));
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Database_HoldsNeitherKeyNorAnswer()
    {
        await using TestServer server = await MeteredAsync();
        server.Backend.Script = (request, _) => Gated(request, Task.CompletedTask, "unmistakable-answer");
        using HttpResponseMessage answer = await SendAsync(server.Client, "unmistakable-key");
        Assert.Contains("unmistakable-answer", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(server.DataPath, "baltoro.db*"))
        {
            using FileStream open = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using StreamReader reader = new(open, Encoding.Latin1);
            Assert.DoesNotContain("unmistakable", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<TestServer> MeteredAsync(TimeProvider? clock = null) => await TestServer.StartMeteredAsync(clock);

    private static async IAsyncEnumerable<ChatEvent> Gated(ChatRequest request, Task gate, string text = "lo.")
    {
        await gate;
        foreach (ChatEvent next in ScriptedBackend.Answer(request, "Hel", text))
        {
            yield return next;
        }
    }

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client, string key, string more = "", CancellationToken cancellationToken = default)
    {
        HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(TestServer.Body(more: more), Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", key);
        return client.SendAsync(request, cancellationToken);
    }

    private static async Task<long> ChargedAsync(TestServer server) =>
        (await server.Store.Accounts.ReadUsageAsync("local", 0, int.MaxValue, default)).Aggregate(Money.Zero, (sum, day) => sum + day.Charged).NanoUsd;

    private static async Task UntilAsync(Func<bool> reached)
    {
        while (!reached())
        {
            await Task.Delay(10);
        }
    }
}
