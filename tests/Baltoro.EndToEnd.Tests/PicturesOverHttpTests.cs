using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>Pictures of every kind and in every place, asked of the weights that ship, over HTTP with money counted.</summary>
public sealed class PicturesOverHttpTests : IAsyncLifetime
{
    private static readonly string _pictures = Path.Combine(RepositoryRoot.Path, "tests", "data", "pictures");
    private static readonly string _node = Path.Combine(RepositoryRoot.Path, "tests", "clients", "openai-node");

    private EmbeddedServer? _server;

    private EmbeddedServer Server => _server ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => _server = await EmbeddedServer.StartAsync(EmbeddedModelFolder.Require(), isMetered: true);

    [Fact]
    public async Task Chat_PicturesOfOtherEncoders_AreSeenAndCountedAlike()
    {
        string[] files = [.. Directory.GetFiles(_pictures).Where(file => Path.GetExtension(file) is not (".json" or ".md")).Order(StringComparer.Ordinal)];
        Assert.Equal(31, files.Length);
        HashSet<int> counts = [];
        foreach (string file in files)
        {
            string url = PictureMaker.DataUrl(await File.ReadAllBytesAsync(file), "application/octet-stream");
            JsonElement answer = await PostAsync("/v1/chat/completions", Body(User(Picture(url), Text("What is it?"))));
            counts.Add(PromptTokens(answer));
            JsonElement choice = answer.GetProperty("choices")[0];
            Assert.True(choice.GetProperty("finish_reason").GetString() is "stop" or "length", Path.GetFileName(file));
        }

        // All of them are 37 x 23 pixels, two cells, turned or not.
        int blank = PromptTokens(await PostAsync("/v1/chat/completions", Body(User(Picture(PictureMaker.DataUrl(PictureMaker.Png(1, 1))), Text("What is it?")))));
        Assert.Equal(blank + 1, Assert.Single(counts));
    }

    /// <summary>Counts of the published formula, computed apart from this project.</summary>
    [Theory]
    [InlineData(100, 100, 16)]
    [InlineData(224, 224, 64)]
    [InlineData(640, 480, 414)]
    [InlineData(1024, 1024, 1369)]
    [InlineData(1920, 1080, 2691)]
    [InlineData(3000, 3000, 4225)]
    [InlineData(4000, 3000, 4200)]
    [InlineData(8000, 200, 1792)]
    public async Task Estimate_Picture_CostsTheFormulasTokens(int width, int height, int tokens)
    {
        async Task<int> CountAsync(byte[] file) =>
            (await PostAsync("/v1/tokenizers/estimate-token-count", Body(User(Picture(PictureMaker.DataUrl(file))))))
            .GetProperty("data").GetProperty("total_tokens").GetInt32();
        Assert.Equal(tokens - 1, await CountAsync(PictureMaker.Png(width, height)) - await CountAsync(PictureMaker.Png(1, 1)));
    }

    [Fact]
    public async Task Quote_WithPicturesAndAFilm_IsTheUsageOfTheSameRequest()
    {
        string red = PictureMaker.DataUrl(PictureMaker.Png(224, 224));
        string green = PictureMaker.DataUrl(PictureMaker.Png(100, 57, 0xFF00));
        string gif = PictureMaker.DataUrl(PictureMaker.Gif(56, 56, 50, 0xFF0000, 0xFF00, 0xFF, 0, 0xFFFFFF), "image/gif");
        string body = Body(
            $$"""
            {{User(Picture(red), Text("What?"))}},
            {"role":"assistant","content":"Red."},
            {{User(Text("And?"), Picture(green), Picture(red))}},
            {"role":"assistant","content":null,"tool_calls":[{"id":"look:0","type":"function","function":{"name":"look","arguments":"{}"} }]},
            {"role":"tool","tool_call_id":"look:0","content":[{{Picture(green)}}]},
            {{User($$"""{"type":"video_url","video_url":{"url":"{{gif}}"} }""")}}
            """);
        JsonElement quote = await PostAsync("/v1/quote", body);
        JsonElement answer = await PostAsync("/v1/chat/completions", body);
        Assert.True(quote.GetProperty("would_run").GetBoolean());
        Assert.Equal(PromptTokens(answer), quote.GetProperty("prompt_tokens").GetInt32());
        Assert.True(PromptTokens(answer) > (2 * 64) + (2 * 12) + (2 * 4), $"{PromptTokens(answer)}");
    }

    [Fact]
    public async Task NodeClient_PicturesInEveryPlace_AreCountedAlikeEverywhere()
    {
        Assert.SkipUnless(OtherProgram.IsOnPath("node"), "node is not installed");
        Assert.SkipUnless(Directory.Exists(Path.Combine(_node, "node_modules", "openai")), "npm ci has not been run in tests/clients/openai-node");
        Dictionary<string, string> environment = new()
        {
            ["BALTORO_URL"] = new Uri(Server.Client.BaseAddress!, "/v1").ToString(),
            ["BALTORO_KEY"] = Server.Client.DefaultRequestHeaders.Authorization!.Parameter!,
            ["RED"] = PictureMaker.DataUrl(PictureMaker.Png(112, 84)),
            ["GREEN"] = PictureMaker.DataUrl(PictureMaker.Png(112, 84, 0xFF00)),
        };
        (int exitCode, string output, string error) = await OtherProgram.RunAsync("node", ["sight.mjs"], _node, environment);
        Assert.True(exitCode == 0, error);
        JsonElement seen = JsonElement.Parse(output);
        foreach (JsonProperty conversation in seen.EnumerateObject())
        {
            JsonElement counts = conversation.Value;
            int usage = counts.GetProperty("usage").GetInt32();
            int[] others = [.. ((string[])["stream", "estimate", "quote"]).Select(name => counts.GetProperty(name).GetInt32())];
            Assert.True(others.All(other => other == usage) && counts.GetProperty("same").GetBoolean(), $"{conversation.Name}: {counts}");
        }

        // Two more pictures of 12 cells and their frames.
        int More(string name, string than) => seen.GetProperty(name).GetProperty("usage").GetInt32() - seen.GetProperty(than).GetProperty("usage").GetInt32();
        Assert.InRange(More("several", "one"), 2 * 15, (2 * 20) + 10);
    }

    public async ValueTask DisposeAsync() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    private static string Picture(string url) => $$"""{"type":"image_url","image_url":{"url":"{{url}}"} }""";

    private static string Text(string text) => $$"""{"type":"text","text":"{{text}}"}""";

    private static string User(params string[] parts) => $$"""{"role":"user","content":[{{string.Join(',', parts)}}]}""";

    private static string Body(string messages) => $$"""{"model":"kimi-k2-5","max_tokens":4,"temperature":0,"messages":[{{messages}}]}""";

    private static int PromptTokens(JsonElement answer) => answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();

    private async Task<JsonElement> PostAsync(string route, string body)
    {
        using StringContent content = new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await Server.Client.PostAsync(new Uri(route, UriKind.Relative), content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }
}
