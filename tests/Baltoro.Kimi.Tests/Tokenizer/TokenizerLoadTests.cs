using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Tokenizer;

public class TokenizerLoadTests
{
    [Fact]
    public void Load_SmallVocabulary_PutsSpecialIdsAfterTheRanks()
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        int first = TinyTokenizer.RankCount;
        Assert.Equal(first + 256, tokenizer.VocabularySize);
        Assert.Equal([first + 2, first + 1, first + 9], tokenizer.Special.StopIds);
        Assert.Equal("<think>", tokenizer.Decode([tokenizer.Special.ThinkBegin]));
        Assert.Equal($"<|reserved_token_{first + 5}|>", tokenizer.Decode([first + 5]));
    }

    [Fact]
    public void Load_NoTokenFile_NamesThePath()
    {
        using TempFolder folder = new();
        TokenizerFormatException e = Assert.Throws<TokenizerFormatException>(() => KimiTokenizer.Load(folder.Path));
        Assert.Equal(Path.Combine(folder.Path, "tiktoken.model"), e.Path);
        Assert.Equal("no file", e.Found);
    }

    [Theory]
    [InlineData("nonsense\n", "base64 bytes, a space and a rank")]
    [InlineData("AA== 7\n", "rank 0")]
    [InlineData("AA== 0x\n", "rank 0")]
    [InlineData("A?== 0\n", "base64 of at least one byte")]
    public void Load_GarbledLine_NamesLineExpectedAndFound(string file, string expected)
    {
        using TempFolder folder = new();
        folder.Write("tiktoken.model", file);
        TokenizerFormatException e = Assert.Throws<TokenizerFormatException>(() => KimiTokenizer.Load(folder.Path));
        Assert.Equal(1, e.Line);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void Load_TokenTwice_NamesTheSecondLine()
    {
        using TempFolder folder = new();
        folder.Write("tiktoken.model", TinyTokenizer.RankFileText() + $"YQ== {TinyTokenizer.RankCount}\n");
        TokenizerFormatException e = Assert.Throws<TokenizerFormatException>(() => KimiTokenizer.Load(folder.Path));
        Assert.Equal(TinyTokenizer.RankCount + 1, e.Line);
    }

    [Fact]
    public void Load_MissingByte_SaysWhich()
    {
        using TempFolder folder = new();
        folder.Write("tiktoken.model", "AQ== 0\n");
        Assert.Contains("0x00", Assert.Throws<TokenizerFormatException>(() => KimiTokenizer.Load(folder.Path)).Message);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "added_tokens_decoder")]
    [InlineData("{\"added_tokens_decoder\":{\"5\":{\"content\":\"x\"}}}", "ids 278..533")]
    [InlineData("{\"added_tokens_decoder\":{\"300\":{}}}", "added_tokens_decoder.300.content")]
    [InlineData("{\"added_tokens_decoder\":{}}", "'[BOS]'")]
    public void Load_GarbledConfiguration_SaysWhatIsWrong(string config, string expected)
    {
        using TempFolder folder = new();
        folder.Write("tiktoken.model", TinyTokenizer.RankFileText());
        folder.Write("tokenizer_config.json", config);
        TokenizerFormatException e = Assert.Throws<TokenizerFormatException>(() => KimiTokenizer.Load(folder.Path));
        Assert.Contains(expected, e.Message);
        Assert.EndsWith("tokenizer_config.json", e.Path);
    }

    [Fact]
    public void TokenBytes_IdOutsideTheVocabulary_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TinyTokenizer.Get().TokenBytes(TinyTokenizer.RankCount + 256));
}
