using System.Net;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Media;

/// <summary>Every form of a picture that clients send, and every way to refuse one, over the wire.</summary>
public class ImageRequestTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly byte[] _png = PictureMaker.Png(3, 2);

    private static string Base64 => Convert.ToBase64String(_png);

    private static string UrlSafe => Base64.Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static TheoryData<string, string> Forms => new()
    {
        { "object", $$"""{"url":"data:image/png;base64,{{Base64}}"}""" },
        { "bare string", $"\"data:image/png;base64,{Base64}\"" },
        { "blank after the comma", $"\"data:image/png;base64, {Base64}\"" },
        { "type is an ending", $"\"data:image/.png;base64,{Base64}\"" },
        { "wrong type", $"\"data:image/jpeg;base64,{Base64}\"" },
        { "no type", $"\"data:;base64,{Base64}\"" },
        { "no base64 word", $"\"data:image/png,{Base64}\"" },
        { "nothing but data", $"\"data:,{Base64}\"" },
        { "upper case", $"\"DATA:image/PNG;BASE64,{Base64}\"" },
        { "url-safe letters, no padding", $"\"data:image/png;base64,{UrlSafe}\"" },
        { "no padding", $"\"data:image/png;base64,{Base64.TrimEnd('=')}\"" },
        { "percent escapes", $"\"data:image/png;base64,{Uri.EscapeDataString(Base64)}\"" },
        { "line breaks", $"\"data:image/png;base64,{string.Join("\\r\\n", Base64.Chunk(20).Select(piece => new string(piece)))}\"" },
        { "escaped slashes", $"\"data:image\\/png;base64,{Base64.Replace("/", "\\/", StringComparison.Ordinal)}\"" },
        { "raw base64", $"\"{Base64}\"" },
        { "blank before", $"\" data:image/png;base64,{Base64}\"" },
        { "detail", $$"""{"url":"data:image/png;base64,{{Base64}}","detail":"low"}""" },
        { "id", $$"""{"url":"data:image/png;base64,{{Base64}}","id":null,"detail":"auto","other":1}""" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Image_AnyForm_ReachesTheBackend(string form, string value)
    {
        server.Backend.TakesImages = true;
        using HttpResponseMessage response = await server.PostAsync(Body($$"""{"type":"image_url","image_url":{{value}}}"""));
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{form}: {await response.Content.ReadAsStringAsync()}");
        EncodedImage image = Assert.IsType<ContentPart.Image>(server.Backend.Requests.Last().Messages[0].Content[1]).Value;
        Assert.Equal(_png, image.Bytes.ToArray());
        Assert.Equal((3, 2, ImageFormat.Png), (image.Header.Width, image.Header.Height, image.Header.Format));
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "null", ".image_url", "is required" },
        { "5", ".image_url", "must be a URL or an object with url, found" },
        { "[]", ".image_url", "must be a URL or an object with url, found" },
        { "{}", ".image_url.url", "is required" },
        { """{"url":7}""", ".image_url.url", "must be a URL" },
        { $$"""{"url":"data:image/png;base64,{{Base64}}","detail":"huge"}""", ".image_url.detail", "must be one of 'auto', 'low', 'high', found 'huge'" },
        { $$"""{"url":"data:image/png;base64,{{Base64}}","detail":1}""", ".image_url.detail", "must be a string" },
        { "\"\"", ".image_url", "unsupported image url" },
        { "\"https://example.com/cat.png\"", ".image_url", "unsupported image url: messages[0].content[1].image_url is 'https://example.com/cat.png'; this server does not fetch" },
        { "\"http://127.0.0.1/cat.png\"", ".image_url", "unsupported image url" },
        { "\"file:///etc/passwd\"", ".image_url", "unsupported image url" },
        { "\"ms://nothing\"", ".image_url", "names the file 'nothing', which does not exist" },
        { "\"ms://../../key-pepper\"", ".image_url", "which does not exist" },
        { "\"ms://file-00000000000000000000000000000000\"", ".image_url", "which does not exist" },
        { "\"data:image/png;base64,!!!!\"", ".image_url", "is a data URL whose data is not base64" },
        { "\"data:image/png;base64\"", ".image_url", "is a data URL whose data is not base64" },
        { "\"data:image/png;base64,\"", ".image_url", "holds no data" },
        { "\"data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=\"", ".image_url", "unsupported image format: image/svg+xml" },
        { $"\"data:image/png;base64,{Convert.ToBase64String("plain words, no picture"u8)}\"", ".image_url", "unsupported image format: text/plain; charset=utf-8" },
        { $"\"data:image/png;base64,{Convert.ToBase64String(_png.AsSpan(0, 20))}\"", ".image_url", "is truncated or damaged: its Png header cannot be read" },
        { $"\"data:image/png;base64,{Convert.ToBase64String(PictureMaker.PngOf(60_000, 60_000, []))}\"", ".image_url", "is 60000 x 60000 pixels; at most 32768 on a side and 36000000 in all" },
        { $"\"data:image/png;base64,{Convert.ToBase64String(PictureMaker.PngOf(6_001, 6_000, []))}\"", ".image_url", "is 6001 x 6000 pixels" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Image_ThatCannotBeUsed_IsRefusedByName(string value, string field, string text)
    {
        server.Backend.TakesImages = true;
        using HttpResponseMessage response = await server.PostAsync(Body($$"""{"type":"image_url","image_url":{{value}}}"""));
        await AssertRefusedAsync(response, $"messages[0].content[1]{field}", text);
    }

    [Fact]
    public async Task Image_ForAModelWithoutSight_IsRefusedByName()
    {
        server.Backend.TakesImages = false;
        using HttpResponseMessage response = await server.PostAsync(Body(Part(_png)));
        await AssertRefusedAsync(
            response,
            "messages[0].content[1].type",
            "the message at position 0 with role 'user' contains an invalid part type: image_url (messages[0].content[1].type must be 'text')");
    }

    [Fact]
    public async Task Image_OfTheAssistant_IsRefusedByName()
    {
        server.Backend.TakesImages = true;
        using HttpResponseMessage response = await server.PostAsync(
            $$"""{"model":"kimi-k2-5","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{{Part(_png)}}]},{"role":"user","content":"?"}]}""");
        await AssertRefusedAsync(response, "messages[1].content[0].type", "invalid part type: image_url");
    }

    [Fact]
    public async Task Image_AloneInToolResultAndHistory_ReachesTheBackend()
    {
        server.Backend.TakesImages = true;
        using HttpResponseMessage response = await server.PostAsync(
            $$"""
            {"model":"kimi-k2-5","messages":[
              {"role":"user","content":[{{Part(_png)}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"look","arguments":"{}"} }]},
              {"role":"tool","tool_call_id":"a","content":[{"type":"text","text":"shot"},{{Part(PictureMaker.Bmp(4, 4))}}]},
              {"role":"user","content":"Well?"}]}
            """);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        ChatRequest request = server.Backend.Requests.Last();
        Assert.IsType<ContentPart.Image>(Assert.Single(request.Messages[0].Content));
        Assert.Equal(ImageFormat.Bmp, Assert.IsType<ContentPart.Image>(request.Messages[2].Content[1]).Value.Header.Format);
        Assert.Equal("messages[2].content[1].image_url", ((ContentPart.Image)request.Messages[2].Content[1]).Value.Field);
    }

    [Fact]
    public async Task Images_MoreThanAccepted_AreRefusedBeforeTheyAreDecoded()
    {
        server.Backend.TakesImages = true;
        string parts = string.Join(',', Enumerable.Repeat("""{"type":"image_url","image_url":"data:,AAAA"}""", 257));
        using HttpResponseMessage response = await server.PostAsync(Body(parts));
        await AssertRefusedAsync(response, "messages[0].content[257].image_url", "at most 256 pictures and frames");
    }

    [Fact]
    public async Task Images_MorePixelsThanAccepted_AreRefused()
    {
        server.Backend.TakesImages = true;
        string part = Part(PictureMaker.PngOf(6_000, 6_000, []));
        using HttpResponseMessage response = await server.PostAsync(Body(string.Join(',', Enumerable.Repeat(part, 8))));
        await AssertRefusedAsync(response, "messages[0].content[8].image_url", "brings the pixels of the request to 288000000; at most 256000000");
    }

    [Fact]
    public async Task Models_TellWhatTheBackendSees()
    {
        server.Backend.TakesImages = true;
        server.Backend.TakesVideo = false;
        JsonElement model = await TestServer.JsonAsync(await server.Client.GetAsync(new Uri("/v1/models/kimi-k2.5", UriKind.Relative)));
        Assert.True(model.GetProperty("supports_image_in").GetBoolean());
        Assert.False(model.GetProperty("supports_video_in").GetBoolean());
    }

    internal static string Part(byte[] file) =>
        $$"""{"type":"image_url","image_url":{"url":"data:image/png;base64,{{Convert.ToBase64String(file)}}"} }""";

    internal static string Body(string parts) =>
        $$"""{"model":"kimi-k2-5","messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{{parts}}]}]}""";

    internal static async Task AssertRefusedAsync(HttpResponseMessage response, string field, string text)
    {
        JsonElement error = (await TestServer.JsonAsync(response)).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal(field, error.GetProperty("param").GetString());
        Assert.Contains(text, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
