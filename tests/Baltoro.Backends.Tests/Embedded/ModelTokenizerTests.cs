using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Gguf;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Tests.Embedded;

/// <summary>A GGUF file is a whole model: weights, configuration and tokenizer.</summary>
public sealed class ModelTokenizerTests
{
    [Fact]
    public async Task Open_ConvertedFileAlone_AnswersWithItsOwnTokenizer()
    {
        Assert.SkipWhen(TestPaths.NanoModel is null, "models/kimi-nano is not here");
        KimiTokenizer original = KimiTokenizer.Load(TestPaths.NanoModel!);
        using TempFolder folder = new();
        ConversionReport report = ModelConverter.Convert(
            TestPaths.NanoModel!, Path.Combine(folder.Path, "all"), GgufScheme.ForQuantize("q8_0"), ModelTokenizer.KeysOf(original));
        string alone = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "alone")).FullName, "nano.gguf");
        File.Move(report.ModelPath, alone);
        EmbeddedOptions options = new() { Engine = new EngineOptions { Threads = 1, KvCacheBytes = 64 << 20 } };
        await using EmbeddedBackend backend = await EmbeddedBackend.OpenAsync(EmbeddedModel.Locate(Path.GetDirectoryName(alone)), options);
        Assert.Equal(original.Special, backend.Tokenizer.Special);
        ChatRequest request = Chat.Request(false, Chat.User("Hi")) with { MaxCompletionTokens = 16 };
        string answer = "";
        await foreach (ChatEvent e in backend.StreamAsync(request, CancellationToken.None))
        {
            Assert.IsNotType<ChatEvent.Fault>(e);
            answer += e is ChatEvent.TextDelta delta ? delta.Text : "";
        }

        Assert.NotEmpty(answer);
    }

    [Theory]
    [InlineData("tokenizer.ggml.model", "llama", "'gpt2'")]
    [InlineData("tokenizer.ggml.pre", "qwen2", "'kimi-k2'")]
    [InlineData("tokenizer.ggml.tokens", "x", "array of strings")]
    public void Load_TokenizerOfAnotherKind_NamesTheKey(string key, string value, string expected)
    {
        Assert.SkipWhen(TestPaths.NanoModel is null, "models/kimi-nano is not here");
        using TempFolder folder = new();
        Dictionary<string, GgufValue> keys = new(ModelTokenizer.KeysOf(TinyTokenizer.Get())) { [key] = GgufValue.From(value) };
        string path = ModelConverter.Convert(TestPaths.NanoModel!, folder.Path, GgufScheme.ForQuantize("q4_0"), [.. keys]).ModelPath;
        Assert.NotEmpty(ModelTokenizer.Load(path).Encode("the publisher's files win"));
        File.Delete(Path.Combine(folder.Path, "tiktoken.model"));
        TokenizerFormatException fault = Assert.Throws<TokenizerFormatException>(() => ModelTokenizer.Load(path));
        Assert.Contains(expected, fault.Message);
        Assert.Contains(key, fault.Message);
    }
}
