using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Tokenizer;

/// <summary>Goal: the same ids as the official implementation. Method: random texts through both, compared one by one.</summary>
public class TokenizerOracleTests
{
    private const int DefaultTextCount = 5_000;

    [Fact]
    public async Task Encode_RandomTexts_EqualsOfficialImplementation()
    {
        string? missing = Oracle.Missing();
        Assert.SkipWhen(missing is not null, missing ?? "");
        int seed = Seeds.Next();
        int count = int.TryParse(Environment.GetEnvironmentVariable("BALTORO_FUZZ_TEXTS"), out int asked) ? asked : DefaultTextCount;
        TextMaker maker = new(seed);
        List<string> texts = [.. Enumerable.Range(0, count).Select(_ => maker.Next())];
        await CompareAsync(texts, $"seed {seed}");
    }

    [Fact]
    public async Task Encode_LongRuns_AreCutLikeTheOfficialImplementation()
    {
        string? missing = Oracle.Missing();
        Assert.SkipWhen(missing is not null, missing ?? "");
        List<string> texts =
        [
            new(' ', 24_999), new(' ', 25_000), new(' ', 25_001), new(' ', 60_000), "x" + new string(' ', 50_001) + "y",
            string.Concat(Enumerable.Repeat("ab,", 9_000)), string.Concat(Enumerable.Repeat("世", 30_000)), new('1', 25_001),
            string.Concat(Enumerable.Repeat("😀", 25_001)), string.Concat(Enumerable.Repeat("word ", 90_000)),
            string.Concat(Enumerable.Repeat("\u001c", 26_000)), string.Concat(Enumerable.Repeat(" \n", 13_000)),
        ];
        await CompareAsync(texts, "fixed texts");
    }

    private static async Task CompareAsync(List<string> texts, string origin)
    {
        KimiTokenizer tokenizer = RealTokenizer.Get();
        List<int[]> expected = await Oracle.EncodeAsync(texts);
        for (int i = 0; i < texts.Count; i++)
        {
            int[] actual = tokenizer.Encode(texts[i]);
            string shown = Utf16Json.Write(texts[i].Length > 200 ? texts[i][..200] : texts[i]);
            Assert.True(
                expected[i].SequenceEqual(actual),
                $"{origin}, text {i} ({texts[i].Length} units) {shown}\nexpected {Join(expected[i])}\nactual   {Join(actual)}");
        }
    }

    private static string Join(int[] ids) => string.Join(' ', ids.Take(60));
}
