using System.Diagnostics;
using System.Text;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Tokenizer;

public class TokenizerPropertyTests
{
    public static readonly TheoryData<string> Hostile = ["a", " ", "\u0301", "\n", "1", "世", "aA", "\u0301A", "'s", " a", "é\u0301", "\u00a0", "😀", "\r\n ", "A\u0301b"];

    [Fact]
    public void Decode_OfEncode_GivesTheTextBack()
    {
        int seed = Seeds.Next();
        TextMaker maker = new(seed);
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        for (int i = 0; i < 3_000; i++)
        {
            string text = maker.NextValid();
            int[] ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids));
            Assert.Equal(ids.Length, tokenizer.CountTokens(text));
            Assert.Equal(ids, tokenizer.Encode(Encoding.UTF8.GetBytes(text)));
            Assert.DoesNotContain(ids, tokenizer.IsSpecial);
        }
    }

    [Fact]
    public void Encode_PieceOfAnyLength_MergesLikeThePlainAlgorithm()
    {
        Random random = new(Seeds.Next());
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        for (int i = 0; i < 400; i++)
        {
            string piece = new([.. Enumerable.Range(0, 1 + random.Next(300)).Select(_ => "thelnausry"[random.Next(10)])]);
            Assert.Equal(PlainMerge(tokenizer, piece), tokenizer.Encode(piece));
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Encode_MegabyteOfOneThing_EndsAndGivesTheTextBack(string unit)
    {
        // Goal: no superlinear work. With quadratic work a megabyte would not end within the run; the time is printed.
        KimiTokenizer tokenizer = TestPaths.RealTokenizer is null ? TinyTokenizer.Get() : RealTokenizer.Get();
        string text = new StringBuilder().Insert(0, unit, 1_000_000 / Encoding.UTF8.GetByteCount(unit)).ToString();
        long start = Stopwatch.GetTimestamp();
        int[] ids = tokenizer.Encode(text);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        TestContext.Current.TestOutputHelper?.WriteLine($"{ids.Length} ids in {elapsed.TotalMilliseconds:F0} ms");
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    [Fact]
    public void Encode_LoneSurrogate_CountsAsReplacementCharacter()
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        Assert.Equal(tokenizer.Encode("a\ufffdb"), tokenizer.Encode("a\ud800b"));
        Assert.Equal(tokenizer.Encode("\ufffd\ufffd"), tokenizer.Encode("\udc00\ud800"));
        Assert.Equal(tokenizer.Encode("\ufffd"), tokenizer.Encode("\ud83d"));
    }

    [Fact]
    public void Encode_InvalidUtf8_CountsAsReplacementCharacter()
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        byte[] broken = [(byte)'a', 0xE4, 0xB8, (byte)'b', 0xFF];
        Assert.Equal(tokenizer.Encode("a\ufffdb\ufffd"), tokenizer.Encode(broken));
    }

    [Fact]
    public void Encode_TextSpelledLikeSpecialTokens_StaysText()
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        for (int id = tokenizer.RankCount; id < tokenizer.VocabularySize; id++)
        {
            string name = tokenizer.Decode([id]);
            int[] ids = tokenizer.Encode(name);
            Assert.DoesNotContain(ids, tokenizer.IsSpecial);
            Assert.Equal(name, tokenizer.Decode(ids));
        }
    }

    private static List<int> PlainMerge(KimiTokenizer tokenizer, string piece)
    {
        Dictionary<string, int> ranks = Enumerable.Range(0, tokenizer.RankCount)
            .ToDictionary(id => Encoding.Latin1.GetString(tokenizer.TokenBytes(id).Span));
        int whole = ranks.GetValueOrDefault(piece, -1);
        if (whole >= 0)
        {
            return [whole];
        }

        List<string> parts = [.. piece.Select(c => c.ToString())];
        while (parts.Count > 1)
        {
            int best = Enumerable.Range(0, parts.Count - 1).MinBy(i => ranks.GetValueOrDefault(parts[i] + parts[i + 1], int.MaxValue));
            if (!ranks.ContainsKey(parts[best] + parts[best + 1]))
            {
                break;
            }

            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }

        return [.. parts.Select(p => ranks[p])];
    }
}
