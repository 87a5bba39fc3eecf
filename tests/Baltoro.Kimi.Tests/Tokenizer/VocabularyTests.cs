using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;
using CsCheck;

namespace Baltoro.Kimi.Tests.Tokenizer;

/// <summary>The tokenizer as it travels in a GGUF file.</summary>
public sealed class VocabularyTests
{
    private static readonly ByteLevelVocabulary _tiny = TinyTokenizer.Get().ToVocabulary();

    [Fact]
    public void FromVocabulary_OfATokenizer_EncodesTheSame()
    {
        KimiTokenizer original = TinyTokenizer.Get();
        KimiTokenizer copy = KimiTokenizer.FromVocabulary("x.gguf", _tiny);
        Assert.Equal(original.Special, copy.Special);
        Assert.Equal(original.VocabularySize, copy.VocabularySize);
        Gen.String.Sample(text => Assert.Equal(original.Encode(text), copy.Encode(text)));
    }

    [Fact]
    public void FromVocabulary_RealTokenizer_EncodesTheSame()
    {
        Assert.SkipWhen(TestPaths.RealTokenizer is null, "the real tokenizer is not here");
        KimiTokenizer original = RealTokenizer.Get();
        ByteLevelVocabulary vocabulary = original.ToVocabulary();
        KimiTokenizer copy = KimiTokenizer.FromVocabulary("x.gguf", vocabulary);
        const string text = "Grüße aus 北京! def f(x):\n\treturn x**2 # 12345 😀 <|im_end|>";
        Assert.Equal(original.Encode(text), copy.Encode(text));
        Assert.Equal(163_840, vocabulary.Tokens.Count);

        // Published GGUF files of this vocabulary carry 163,328 merges, one for each token of two bytes or more.
        Assert.Equal(163_584 - 256, vocabulary.Merges.Count);
    }

    [Fact]
    public void ToVocabulary_Merges_RebuildEachToken()
    {
        Assert.Contains("t h", _tiny.Merges);
        Assert.Contains("th e", _tiny.Merges);
        Assert.All(_tiny.Merges, merge => Assert.Contains(merge.Replace(" ", "", StringComparison.Ordinal), _tiny.Tokens));
    }

    [Fact]
    public void FromVocabulary_WithoutTypes_TakesTheLast256AsSpecial()
    {
        KimiTokenizer copy = KimiTokenizer.FromVocabulary("x.gguf", _tiny with { Types = null });
        Assert.Equal(TinyTokenizer.Get().Special, copy.Special);
    }

    [Fact]
    public void FromVocabulary_Garbled_NamesWhatIsWrong()
    {
        string[] tokens = [.. _tiny.Tokens];
        tokens[300 % TinyTokenizer.RankCount] = "a b";
        Refused(_tiny with { Tokens = tokens }, "byte alphabet");
        tokens = [.. _tiny.Tokens];
        tokens[5] = tokens[4];
        Refused(_tiny with { Tokens = tokens }, "rank 4");
        tokens = [.. _tiny.Tokens];
        tokens[TinyTokenizer.RankCount + 22] = "<thought>";
        Refused(_tiny with { Tokens = tokens }, "<think>");
        Refused(_tiny with { Types = [1, 1] }, "2 types");
        long[] types = [.. _tiny.Types!];
        types[3] = 3;
        Refused(_tiny with { Types = types }, "special tokens from id 3");
        Refused(new ByteLevelVocabulary([], null, []), "single byte");
    }

    private static void Refused(ByteLevelVocabulary vocabulary, string expected)
    {
        TokenizerFormatException fault = Assert.Throws<TokenizerFormatException>(() => KimiTokenizer.FromVocabulary("x.gguf", vocabulary));
        Assert.StartsWith("x.gguf", fault.Message);
        Assert.Contains(expected, fault.Message);
    }
}
