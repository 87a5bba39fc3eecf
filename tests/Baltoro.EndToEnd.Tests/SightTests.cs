using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>Pictures through the whole server and a real vision tower, of random weights: what is said means nothing, what is counted does.</summary>
public sealed class SightTests : IAsyncLifetime
{
    private readonly TempFolder _model = new();
    private EmbeddedServer? _server;

    private EmbeddedServer Server => _server ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync()
    {
        SeeingModel.Write(_model.Path);
        _server = await EmbeddedServer.StartAsync(_model.Path);
    }

    [Fact]
    public async Task Chat_TwoPicturesAndOneInTheHistory_EstimateEqualsUsage()
    {
        string body = Body(
            $$"""
            {"role":"user","content":[{{Image(PictureMaker.Png(224, 224))}},{"type":"text","text":"What?"}]},
            {"role":"assistant","content":"Red."},
            {"role":"user","content":[{"type":"text","text":"And these?"},{{Image(PictureMaker.Png(100, 100, 0xFF00))}},{{Image(PictureMaker.Bmp(640, 480))}}]}
            """);
        JsonElement estimate = await PostAsync("/v1/tokenizers/estimate-token-count", body);
        JsonElement usage = (await PostAsync("/v1/chat/completions", body)).GetProperty("usage");
        int tokens = usage.GetProperty("prompt_tokens").GetInt32();
        Assert.Equal(tokens, estimate.GetProperty("data").GetProperty("total_tokens").GetInt32());
        int text = (await PostAsync("/v1/tokenizers/estimate-token-count", Body(
            """{"role":"user","content":"\nWhat?"},{"role":"assistant","content":"Red."},{"role":"user","content":"And these?\n\n"}""")))
            .GetProperty("data").GetProperty("total_tokens").GetInt32();

        // Begin, "image" (five letters in this vocabulary), content, end around each; line breaks may join differently.
        Assert.InRange(tokens - text - 64 - 16 - 414, 3 * 4, 3 * 9);
    }

    [Fact]
    public async Task Chat_SamePictureAgain_ComesFromTheCacheAndAnotherDoesNot()
    {
        string red = Body($$"""{"role":"user","content":[{{Image(PictureMaker.Png(448, 448))}}]}""");
        string blue = Body($$"""{"role":"user","content":[{{Image(PictureMaker.Png(448, 448, 0xFF))}}]}""");
        JsonElement first = await PostAsync("/v1/chat/completions", red);
        JsonElement again = await PostAsync("/v1/chat/completions", red);
        JsonElement other = await PostAsync("/v1/chat/completions", blue);
        Assert.Equal(0, Cached(first));
        Assert.True(Cached(again) >= 256, $"{Cached(again)} cached");
        Assert.True(Cached(other) < 64, $"{Cached(other)} cached");
        Assert.Equal(Content(first), Content(again));
    }

    [Fact]
    public async Task Chat_AnimatedGif_IsSeen()
    {
        string gif = PictureMaker.DataUrl(PictureMaker.Gif(56, 56, 50, 0xFF0000, 0xFF00, 0xFF, 0, 0xFFFFFF), "image/gif");
        string body = Body($$"""{"role":"user","content":[{"type":"video_url","video_url":{"url":"{{gif}}"} }]}""");
        JsonElement answer = await PostAsync("/v1/chat/completions", body);
        JsonElement estimate = await PostAsync("/v1/tokenizers/estimate-token-count", body);
        Assert.Equal(
            estimate.GetProperty("data").GetProperty("total_tokens").GetInt32(), answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Fact]
    public async Task Chat_UploadedPicture_IsSeenByItsIdUntilItIsDeleted()
    {
        using MultipartFormDataContent form = new()
        {
            { new StringContent("image"), "purpose" },
            { new ByteArrayContent(PictureMaker.Png(56, 56)), "file", "red.png" },
        };
        using HttpResponseMessage uploaded = await Server.Client.PostAsync(new Uri("/v1/files", UriKind.Relative), form);
        string id = (await JsonAsync(uploaded)).GetProperty("id").GetString()!;
        string body = Body($$"""{"role":"user","content":[{"type":"image_url","image_url":"ms://{{id}}"}]}""");
        string inline = Body($$"""{"role":"user","content":[{{Image(PictureMaker.Png(56, 56))}}]}""");
        Assert.Equal(Content(await PostAsync("/v1/chat/completions", inline)), Content(await PostAsync("/v1/chat/completions", body)));
        using HttpResponseMessage deleted = await Server.Client.DeleteAsync(new Uri($"/v1/files/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        JsonElement refused = await PostAsync("/v1/chat/completions", body, HttpStatusCode.BadRequest);
        Assert.Equal("messages[0].content[0].image_url", refused.GetProperty("error").GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/tokenizers/estimate-token-count")]
    public async Task Chat_TruncatedPicture_IsRefusedByName(string route)
    {
        byte[] file = PictureMaker.Png(300, 300, (x, y) => (x * 31) ^ (y * 17));
        JsonElement refused = await PostAsync(
            route, Body($$"""{"role":"user","content":[{{Image(file[..(file.Length / 2)])}}]}"""), HttpStatusCode.BadRequest);
        JsonElement error = refused.GetProperty("error");
        Assert.Equal("messages[0].content[0].image_url", error.GetProperty("param").GetString());
        Assert.Contains("truncated or damaged", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_SayThatTheySee()
    {
        using HttpResponseMessage response = await Server.Client.GetAsync(new Uri("/v1/models/kimi-k2-5", UriKind.Relative));
        JsonElement model = await JsonAsync(response);
        Assert.True(model.GetProperty("supports_image_in").GetBoolean() && model.GetProperty("supports_video_in").GetBoolean());
    }

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _model.Dispose();
    }

    private static string Image(byte[] file) => $$"""{"type":"image_url","image_url":{"url":"{{PictureMaker.DataUrl(file)}}"} }""";

    private static string Body(string messages) =>
        $$"""{"model":"kimi-k2-5","max_tokens":8,"temperature":0,"messages":[{{messages}}]}""";

    private static int Cached(JsonElement answer) =>
        answer.GetProperty("usage").TryGetProperty("prompt_tokens_details", out JsonElement details) ? details.GetProperty("cached_tokens").GetInt32() : 0;

    private static string? Content(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();

    private async Task<JsonElement> PostAsync(string route, string body, HttpStatusCode status = HttpStatusCode.OK)
    {
        using StringContent content = new(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using HttpResponseMessage response = await Server.Client.PostAsync(new Uri(route, UriKind.Relative), content);
        Assert.True(response.StatusCode == status, await response.Content.ReadAsStringAsync());
        return await JsonAsync(response);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response)
    {
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }
}
