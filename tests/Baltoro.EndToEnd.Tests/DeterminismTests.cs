using System.Text;
using System.Text.Json;

namespace Baltoro.EndToEnd.Tests;

/// <summary>I6 over HTTP: same request and seed give the same answer, alone, in a crowd, streamed and whole, warm and cold.</summary>
public class DeterminismTests
{
    private const string Messages = """[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Explain what a computer is in simple terms."}]""";

    [Fact]
    public async Task SameSeed_AloneInACrowdAndStreamed_GivesTheSameText()
    {
        await using EmbeddedServer server = await EmbeddedServer.StartAsync();
        string alone = await WholeAsync(server, Body(7, stream: false));
        string[] crowd = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 3 == 0
            ? WholeAsync(server, Body(7, stream: false))
            : WholeAsync(server, Body(100 + i, stream: false))));
        string streamed = await StreamedAsync(server, Body(7, stream: true));
        Assert.NotEmpty(alone);
        Assert.All(crowd.Where((_, i) => i % 3 == 0), text => Assert.Equal(alone, text));
        Assert.Equal(alone, streamed);
        Assert.Contains(crowd, text => text != alone);
    }

    private static string Body(int seed, bool stream) =>
        $$"""{"model":"kimi-k2-5","temperature":2,"seed":{{seed}},"max_tokens":60,"stream":{{(stream ? "true" : "false")}},"messages":{{Messages}}}""";

    private static async Task<string> WholeAsync(EmbeddedServer server, string body)
    {
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseContentRead, default);
        using JsonDocument reply = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return reply.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() ?? "";
    }

    private static async Task<string> StreamedAsync(EmbeddedServer server, string body)
    {
        using HttpResponseMessage response = await server.ChatAsync(body, HttpCompletionOption.ResponseContentRead, default);
        StringBuilder text = new();
        foreach (string line in (await response.Content.ReadAsStringAsync()).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            using JsonDocument chunk = JsonDocument.Parse(line[6..]);
            foreach (JsonElement choice in chunk.RootElement.GetProperty("choices").EnumerateArray())
            {
                text.Append(choice.GetProperty("delta").TryGetProperty("content", out JsonElement content) ? content.GetString() : "");
            }
        }

        return text.ToString();
    }
}
