using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Baltoro.Server.Files.Extraction;
using Baltoro.Server.Tests.Harness;

namespace Baltoro.Server.Tests.Files;

/// <summary>Slow documents of one organization are its own trouble.</summary>
public sealed class ExtractionTurnsTests
{
    [Fact]
    public async Task Upload_WhileAnotherOrganizationsDocumentsAreSlow_IsReadAndTheFloodIsRefused()
    {
        HeldExtractor extractor = new();
        TestServer server = new() { Extractor = extractor };
        await using (server)
        {
            await server.InitializeAsync();
            (_, HttpClient slow) = await server.IssueAsync("enterprise", "slow-organization");
            (_, HttpClient other) = await server.IssueAsync("enterprise", "other-organization");
            using (slow)
            using (other)
            {
                int taken = ExtractionTurns.PlacesPerOrganization + ExtractionTurns.MaxWaitingPerOrganization;
                List<Task<HttpResponseMessage>> flood = [.. Enumerable.Range(0, taken + 5).Select(_ => PostAsync(slow, "slow.txt"))];
                for (int i = 0; i < 5; i++)
                {
                    Task<HttpResponseMessage> first = await Task.WhenAny(flood);
                    using HttpResponseMessage refused = await first;
                    flood.Remove(first);
                    await AssertOverloadedAsync(refused);
                }

                using (HttpResponseMessage read = await PostAsync(other, "quick.txt"))
                {
                    Assert.Equal(HttpStatusCode.OK, read.StatusCode);
                }

                Assert.All(flood, task => Assert.False(task.IsCompleted));
                extractor.Release();
                foreach (Task<HttpResponseMessage> task in flood)
                {
                    using HttpResponseMessage read = await task;
                    Assert.Equal(HttpStatusCode.OK, read.StatusCode);
                }

                Assert.Equal(ExtractionTurns.PlacesPerOrganization, extractor.MostAtOnce);
            }
        }
    }

    private static async Task AssertOverloadedAsync(HttpResponseMessage refused)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("1", refused.Headers.GetValues("Retry-After").Single());
        JsonElement error = (await TestServer.JsonAsync(refused)).GetProperty("error");
        Assert.Equal("engine_overloaded_error", error.GetProperty("type").GetString());
        Assert.StartsWith("The engine is currently overloaded", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string name)
    {
        using MultipartFormDataContent form = FileRouteTests.Form("text"u8.ToArray(), name, "file-extract");
        return await client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
    }

    /// <summary>Keeps every document called slow until it is told to go on.</summary>
    private sealed class HeldExtractor : ITextExtractor
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentBag<int> _atOnce = [];
        private int _running;

        public int MostAtOnce => _atOnce.Max();

        public void Release() => _released.SetResult();

        public async ValueTask<(ExtractedText? Found, string? Problem)> ExtractAsync(Stream file, string name, CancellationToken cancellationToken)
        {
            if (name.StartsWith("slow", StringComparison.Ordinal))
            {
                _atOnce.Add(Interlocked.Increment(ref _running));
                await _released.Task.WaitAsync(cancellationToken);
                Interlocked.Decrement(ref _running);
            }

            return (new ExtractedText("text", "text/plain", ""), null);
        }
    }
}
