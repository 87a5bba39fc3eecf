using System.Net;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Server.Tests.Harness;
using Baltoro.Tests.Shared;

namespace Baltoro.Server.Tests.Media;

public class VideoRequestTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string _gif = PictureMaker.DataUrl(PictureMaker.Gif(4, 4, 25, 1, 2, 3), "image/gif");

    private static readonly string _frame = PictureMaker.DataUrl(PictureMaker.Png(4, 4));

    [Fact]
    public async Task Video_AnimatedGif_ReachesTheBackend()
    {
        EncodedVideo video = await SendAsync($$"""{"url":"{{_gif}}"}""");
        Assert.Equal((3, 4.0, true), (video.FrameCount, video.FramesPerSecond, video.IsAnimation));
    }

    [Fact]
    public async Task Video_ListOfFrames_ReachesTheBackend()
    {
        EncodedVideo video = await SendAsync($$"""{"url":["{{_frame}}","{{_frame}}"],"fps":0.5}""");
        Assert.Equal((2, 0.5), (video.FrameCount, video.FramesPerSecond));
        Assert.Equal(["messages[0].content[1].video_url[0]", "messages[0].content[1].video_url[1]"], video.Files.Select(file => file.Field));
        Assert.Equal(2.0, (await SendAsync($$"""["{{_frame}}"]""")).FramesPerSecond);
    }

    [Theory]
    [InlineData("AAAAGGZ0eXBtcDQyAAAAAG1wNDJpc29t", "unsupported video format: video/mp4")]
    [InlineData("GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibQ==", "unsupported video format: video/webm")]
    [InlineData("AAAAFGZ0eXBxdCAgAAAAAHF0ICA=", "unsupported video format: video/quicktime")]
    [InlineData("iVBORw0KGgo=", "unsupported video format: image/png")]
    [InlineData("cGxhaW4gd29yZHMsIG5vIGZpbG0=", "unsupported video format: text/plain; charset=utf-8")]
    public async Task Video_ThatNeedsACodec_IsRefusedByName(string data, string text)
    {
        server.Backend.TakesImages = server.Backend.TakesVideo = true;
        using HttpResponseMessage response = await server.PostAsync(
            ImageRequestTests.Body($$"""{"type":"video_url","video_url":{"url":"data:video/mp4;base64,{{data}}"} }"""));
        await ImageRequestTests.AssertRefusedAsync(response, "messages[0].content[1].video_url", text);
    }

    [Theory]
    [InlineData("[]", ".video_url", "must hold at least one frame")]
    [InlineData("[5]", ".video_url[0]", "must be a URL")]
    [InlineData("{\"url\":\"data:,AAAA\",\"fps\":0}", ".video_url.fps", "must be over 0 and at most 1000, found 0")]
    public async Task Video_OfTheWrongShape_IsRefusedByName(string value, string field, string text)
    {
        server.Backend.TakesImages = server.Backend.TakesVideo = true;
        using HttpResponseMessage response = await server.PostAsync(ImageRequestTests.Body($$"""{"type":"video_url","video_url":{{value}}}"""));
        await ImageRequestTests.AssertRefusedAsync(response, $"messages[0].content[1]{field}", text);
    }

    [Fact]
    public async Task Video_ForAModelThatTakesPicturesOnly_IsRefusedByName()
    {
        server.Backend.TakesImages = true;
        server.Backend.TakesVideo = false;
        using HttpResponseMessage response = await server.PostAsync(
            ImageRequestTests.Body($$"""{"type":"video_url","video_url":"{{_gif}}"}"""));
        await ImageRequestTests.AssertRefusedAsync(response, "messages[0].content[1].type", "must be 'text', 'image_url'");
    }

    private async Task<EncodedVideo> SendAsync(string value)
    {
        server.Backend.TakesImages = server.Backend.TakesVideo = true;
        using HttpResponseMessage response = await server.PostAsync(ImageRequestTests.Body($$"""{"type":"video_url","video_url":{{value}}}"""));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return Assert.IsType<ContentPart.Video>(server.Backend.Requests.Last().Messages[0].Content[1]).Value;
    }
}
