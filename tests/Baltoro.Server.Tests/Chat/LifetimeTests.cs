using System.Net;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Server.Gate;
using Baltoro.Server.Tests.Harness;
using Microsoft.Extensions.Time.Testing;

namespace Baltoro.Server.Tests.Chat;

/// <summary>Disconnects, faults, silence and stops: one finish or error, and exactly one settlement (I7).</summary>
public class LifetimeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disconnect_WhileGenerating_StopsTheBackendWithinOneStepAndSettlesOnce(bool stream)
    {
        await using TestServer server = await TestServer.StartAsync();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationToken backendToken = default;
        int stepsAfterCancel = 0;
        server.Backend.Script = (_, cancel) => Steps(cancel);
        using CancellationTokenSource client = new();
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(TestServer.Body(more: stream ? "\"stream\":true" : "\"stream\":false")),
        };
        Task<HttpResponseMessage> sending = server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, client.Token);
        await started.Task;
        if (stream)
        {
            (await sending).Dispose();
        }

        await client.CancelAsync();
        RequestOutcome outcome = await server.Settlement.NextAsync();

        Assert.Equal(RequestEnd.Cancelled, outcome.End);
        Assert.True(outcome.Usage.CompletionTokens > 0);
        Assert.InRange(stepsAfterCancel, 0, 1);
        Assert.Equal(server.KeyId, outcome.Caller.KeyId);
        await AssertSettledOnceAsync(server);

        async IAsyncEnumerable<ChatEvent> Steps([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            backendToken = cancel;
            using CancellationTokenRegistration registration = cancel.Register(() => aborted.TrySetResult());
            int steps = 0;
            while (!cancel.IsCancellationRequested)
            {
                yield return new ChatEvent.TextDelta(0, "x");
                steps++;
                if (steps == 3)
                {
                    started.SetResult();
                    await aborted.Task;
                }
                else
                {
                    stepsAfterCancel += cancel.IsCancellationRequested ? 1 : 0;
                }
            }

            yield return new ChatEvent.Usage(new ChatUsage(12, 0, steps, 0));
        }
    }

    [Fact]
    public async Task Disconnects_ManyAtRandom_SettleEachRequestOnce()
    {
        const int Requests = 32;
        await using TestServer server = await TestServer.StartAsync();
        server.Backend.PlayUntilCancelled();
        Random random = new(20_261);
        int[] readBytes = [.. Enumerable.Range(0, Requests).Select(_ => random.Next(1, 4_000))];
        await Task.WhenAll(readBytes.Select(async limit =>
        {
            using HttpClient client = server.NewClient();
            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
            {
                Content = new StringContent(TestServer.Body(more: "\"stream\":true")),
            };
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            await using Stream body = await response.Content.ReadAsStreamAsync();
            byte[] buffer = new byte[limit];
            await body.ReadExactlyAsync(buffer);
        }));

        HashSet<string> settled = [];
        for (int i = 0; i < Requests; i++)
        {
            RequestOutcome outcome = await server.Settlement.NextAsync();
            Assert.True(settled.Add(outcome.RequestId));
            Assert.Equal(RequestEnd.Cancelled, outcome.End);
        }

        Assert.Equal(Requests, server.Backend.Cancelled.Count);
        await AssertSettledOnceAsync(server, Requests);
    }

    [Theory]
    [InlineData(ChatFaultKind.ContextLength, 400, "invalid_request_error")]
    [InlineData(ChatFaultKind.InvalidRequest, 400, "invalid_request_error")]
    [InlineData(ChatFaultKind.Overloaded, 429, "engine_overloaded_error")]
    [InlineData(ChatFaultKind.Unavailable, 503, "server_unavailable")]
    [InlineData(ChatFaultKind.Internal, 500, "server_error")]
    public async Task Fault_BeforeTheFirstEvent_IsAPlainHttpError(ChatFaultKind kind, int status, string type)
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Backend.Play(new ChatEvent.Fault(kind, "detail"));
        foreach (string stream in (string[])["true", "false"])
        {
            using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: $"\"stream\":{stream}"));

            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
            JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
            Assert.Equal(type, error.GetProperty("type").GetString());
            Assert.Equal(status is 429 or 503, response.Headers.RetryAfter is not null);
            Assert.Equal(status == 500, !error.GetProperty("message").GetString()!.Contains("detail") && status == 500);
            Assert.Equal(RequestEnd.Faulted, (await server.Settlement.NextAsync()).End);
        }

        await AssertSettledOnceAsync(server, 2);
    }

    [Fact]
    public async Task Fault_AboutAField_NamesItInParam()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Backend.Play(new ChatEvent.Fault(ChatFaultKind.InvalidRequest, "logit_bias.9 is bad", "logit_bias.9"));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body());
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal("Invalid request: logit_bias.9 is bad", error.GetProperty("message").GetString());
        Assert.Equal("logit_bias.9", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Fault_AfterTheStreamBegan_IsOneErrorEventAndTheEnd()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Backend.Play(new ChatEvent.TextDelta(0, "a"), new ChatEvent.Fault(ChatFaultKind.Internal, "secret detail"));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true"));

        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        Assert.Equal(3, events.Count);
        Assert.StartsWith("{\"error\":{\"message\":\"The server failed", events[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("secret detail", events[^1], StringComparison.Ordinal);
        Assert.Equal(RequestEnd.Faulted, (await server.Settlement.NextAsync()).End);
    }

    [Fact]
    public async Task Backend_ThatThrowsOrBreaksOff_IsAServerErrorAndSettles()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Backend.Script = (_, _) => throw new InvalidOperationException("defect");
        using HttpResponseMessage thrown = await server.PostAsync(TestServer.Body());
        server.Backend.Play(new ChatEvent.TextDelta(0, "a"));
        using HttpResponseMessage broken = await server.PostAsync(TestServer.Body());

        Assert.Equal(HttpStatusCode.InternalServerError, thrown.StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.Equal(RequestEnd.Faulted, (await server.Settlement.NextAsync()).End);
        Assert.Equal(RequestEnd.Faulted, (await server.Settlement.NextAsync()).End);
        await AssertSettledOnceAsync(server, 2);
    }

    [Fact]
    public async Task Backend_NotReady_Is503AndNotReady()
    {
        await using TestServer server = await TestServer.StartAsync();
        server.Backend.IsReady = false;
        using HttpResponseMessage chat = await server.PostAsync(TestServer.Body());
        using HttpResponseMessage ready = await server.Client.GetAsync("/health/ready");
        using HttpResponseMessage live = await server.Client.GetAsync("/health/live");

        Assert.Equal(503, (int)chat.StatusCode);
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Equal(200, (int)live.StatusCode);
        Assert.Equal(0, server.Settlement.Count);
    }

    [Fact]
    public async Task Silence_OfFifteenSeconds_SendsAComment()
    {
        FakeTimeProvider clock = new(DateTimeOffset.UnixEpoch.AddYears(50));
        await using TestServer server = await TestServer.StartAsync(clock: clock);
        TaskCompletionSource waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource speak = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.Script = (request, _) => Late();
        Task<HttpResponseMessage> sending = server.PostAsync(TestServer.Body(more: "\"stream\":true"), readWhole: false);
        await waiting.Task;
        while (!sending.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(sending, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        speak.SetResult();
        using HttpResponseMessage response = await sending;
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\n\n: keep-alive\n\n", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);

        async IAsyncEnumerable<ChatEvent> Late()
        {
            waiting.SetResult();
            await speak.Task;
            yield return new ChatEvent.TextDelta(0, "late");
            yield return new ChatEvent.Finish(0, ChatFinishReason.Stop);
            yield return new ChatEvent.Usage(new ChatUsage(1, 0, 1, 0));
        }
    }

    [Fact]
    public async Task Stop_WithinTheLimit_LetsAStreamFinish()
    {
        await using TestServer server = await TestServer.StartAsync();
        TaskCompletionSource finish = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.Script = (request, _) => Gated(finish.Task);
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true"), readWhole: false);
        Task stopping = server.Host.StopAsync(default);
        Assert.False(stopping.IsCompleted);
        finish.SetResult();
        IReadOnlyList<string> events = await TestServer.EventsAsync(response);
        await stopping;

        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(RequestEnd.Completed, (await server.Settlement.NextAsync()).End);
    }

    [Fact]
    public async Task Stop_BeyondTheLimit_EndsAStreamWithAnError()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { DrainLimit = TimeSpan.Zero });
        server.Backend.PlayUntilCancelled(_ => Task.Delay(1));
        using HttpResponseMessage response = await server.PostAsync(TestServer.Body(more: "\"stream\":true"), readWhole: false);
        await server.Host.StopAsync(default);
        IReadOnlyList<string> events = await TestServer.EventsAsync(response);

        Assert.Contains("The server is shutting down", events[^1], StringComparison.Ordinal);
        Assert.Equal(RequestEnd.Cancelled, (await server.Settlement.NextAsync()).End);
        await AssertSettledOnceAsync(server);
    }

    private static async IAsyncEnumerable<ChatEvent> Gated(Task gate)
    {
        yield return new ChatEvent.TextDelta(0, "a");
        await gate;
        yield return new ChatEvent.TextDelta(0, "b");
        yield return new ChatEvent.Finish(0, ChatFinishReason.Stop);
        yield return new ChatEvent.Usage(new ChatUsage(1, 0, 2, 0));
    }

    /// <summary>A stopped server has nothing running any more, so the count is final.</summary>
    private static async Task AssertSettledOnceAsync(TestServer server, int count = 1)
    {
        await server.Host.StopAsync(default);
        Assert.Equal(count, server.Settlement.Count);
    }
}
