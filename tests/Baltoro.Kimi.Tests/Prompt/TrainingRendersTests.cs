using System.Text.Json;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Prompt;

/// <summary>Goal: the server shows the nano model what it was trained on. Method: conversations rendered by the training program.</summary>
public class TrainingRendersTests
{
    [Fact]
    public void Render_TrainingConversations_GivesTheSameIds()
    {
        using JsonDocument golden = Open();
        KimiTokenizer tokenizer = KimiTokenizer.Load(TestPaths.NanoModel!);
        PromptRenderer renderer = new(tokenizer);
        foreach (JsonElement entry in golden.RootElement.GetProperty("renders").EnumerateArray().Where(IsText))
        {
            RenderedPrompt prompt = renderer.Render(WireConversation.Request(entry));
            Assert.Equal(entry.GetProperty("text").GetString(), prompt.ToText(tokenizer));
            Assert.Equal(entry.GetProperty("ids").EnumerateArray().Select(e => e.GetInt32()), prompt.Ids);
        }
    }

    [Fact]
    public void Encode_TrainingTexts_GivesTheSameIds()
    {
        using JsonDocument golden = Open();
        KimiTokenizer tokenizer = KimiTokenizer.Load(TestPaths.NanoModel!);
        Assert.Equal(golden.RootElement.GetProperty("base").GetInt32(), tokenizer.RankCount);
        foreach (JsonElement entry in golden.RootElement.GetProperty("encodings").EnumerateArray())
        {
            int[] expected = [.. entry.GetProperty("ids").EnumerateArray().Select(e => e.GetInt32())];
            Assert.Equal(expected, tokenizer.Encode(entry.GetProperty("text").GetString()));
        }
    }

    // The neutral conversation has no media parts yet; renders with them are compared once it does.
    private static bool IsText(JsonElement render) =>
        render.GetProperty("messages").EnumerateArray().All(m => m.GetProperty("content").ValueKind != JsonValueKind.Array);

    private static JsonDocument Open()
    {
        string path = Path.Combine(TestPaths.Root, "training", "golden", "renders.json");
        Assert.SkipUnless(File.Exists(path), "training/golden/renders.json is not here");
        Assert.SkipWhen(TestPaths.NanoModel is null, "models/kimi-nano is not here");
        return JsonDocument.Parse(File.ReadAllBytes(path));
    }
}
