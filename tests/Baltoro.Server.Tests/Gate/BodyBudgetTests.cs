using System.Net;
using System.Text.Json;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Gate;

public class BodyBudgetTests
{
    [Fact]
    public async Task LargeBodies_TogetherOverTheBudget_AreRefusedAndSmallOnesGoOn()
    {
        await using TestServer server = await TestServer.StartAsync(options => options with { MaxBodiesBytes = 1_000_000 });
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Backend.Script = (request, _) => Held(ScriptedBackend.Answer(request, "x"), running, release.Task);
        string large = TestServer.Body(more: $"\"user\":\"{new string('a', 600_000)}\"");
        Task<HttpResponseMessage> first = server.PostAsync(large);
        await running.Task;
        using (HttpResponseMessage second = await server.PostAsync(large))
        {
            JsonElement error = (await TestServer.JsonAsync(second)).GetProperty("error");
            Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
            Assert.Equal("engine_overloaded_error", error.GetProperty("type").GetString());
            Assert.NotNull(second.Headers.RetryAfter);
        }

        server.Backend.Script = null;
        using HttpResponseMessage small = await server.PostAsync(TestServer.Body());
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        release.SetResult();
        using HttpResponseMessage finished = await first;
        Assert.Equal(HttpStatusCode.OK, finished.StatusCode);

        // The share goes back when the first response has been sent, which its client may see a moment before.
        HttpStatusCode status = HttpStatusCode.TooManyRequests;
        for (int i = 0; i < 100 && status == HttpStatusCode.TooManyRequests; i++)
        {
            using HttpResponseMessage again = await server.PostAsync(large);
            status = again.StatusCode;
            await Task.Delay(status == HttpStatusCode.OK ? 0 : 20);
        }

        Assert.Equal(HttpStatusCode.OK, status);
    }

    private static async IAsyncEnumerable<Kimi.Conversation.ChatEvent> Held(
        IEnumerable<Kimi.Conversation.ChatEvent> events, TaskCompletionSource running, Task release)
    {
        running.SetResult();
        await release;
        foreach (Kimi.Conversation.ChatEvent next in events)
        {
            yield return next;
        }
    }
}
