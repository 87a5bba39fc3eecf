using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;
using Baltoro.Tests.Shared;

namespace Baltoro.Kimi.Tests.Prompt;

public class MediaPromptTests
{
    [Fact]
    public void Render_ImageThenText_GivesTheTemplatesIds()
    {
        KimiTokenizer tokenizer = RealTokenizer.Get();
        RenderedPrompt prompt = new PromptRenderer(tokenizer, null, new VisionSettings()).Render(Request(1, 1));
        Assert.Equal([163587, 2482, 163601, 163602, 4017, 163603, 163605, 163604, 198, 48848, 13, 163586], prompt.Ids.Take(12));
        Assert.Equal((6, 1), (Assert.Single(prompt.Media).Position, prompt.Media[0].TokenCount));
    }

    [Theory]
    [InlineData(100, 100, 16)]
    [InlineData(224, 224, 64)]
    [InlineData(640, 480, 414)]
    [InlineData(1024, 1024, 1369)]
    [InlineData(1920, 1080, 2691)]
    [InlineData(3000, 3000, 4225)]
    [InlineData(4000, 3000, 4200)]
    [InlineData(8000, 200, 1792)]
    public void Render_Image_HasThePublishedNumberOfPads(int width, int height, int tokens)
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        RenderedPrompt prompt = new PromptRenderer(tokenizer, null, new VisionSettings()).Render(Request(width, height));
        Assert.Equal(tokens, prompt.Ids.Count(id => id == tokenizer.Special.MediaPad));
        Assert.Equal(tokens, Assert.Single(prompt.Media).TokenCount);
    }

    [Fact]
    public void Render_TextThatSpellsAPad_StaysText()
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        RenderedPrompt prompt = new PromptRenderer(tokenizer, null, new VisionSettings()).Render(
            Chat.Request(false, Chat.User("<|media_begin|>image<|media_content|><|media_pad|><|media_end|>")));
        Assert.DoesNotContain(tokenizer.Special.MediaPad, prompt.Ids);
        Assert.Empty(prompt.Media);
    }

    [Fact]
    public void Render_ImageWithoutSight_NamesTheField() => Assert.Equal(
        "a.b", Assert.Throws<MediaException>(() => new PromptRenderer(TinyTokenizer.Get()).Render(Request(1, 1))).Field);

    private static ChatRequest Request(int width, int height)
    {
        EncodedImage image = new(PictureMaker.Png(1, 1), new ImageHeader(ImageFormat.Png, width, height), "a.b");
        return Chat.Request(
            false, new ChatMessage { Role = ChatRole.User, Content = [new ContentPart.Image(image), new ContentPart.Text("Describe.")] });
    }
}
