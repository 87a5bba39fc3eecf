using System.Text;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Output;

public class StopMatcherTests
{
    [Fact]
    public void Push_RandomTextsInRandomPieces_EqualsPlainSearch()
    {
        Random random = new(Seeds.Next());
        for (int i = 0; i < 20_000; i++)
        {
            string[] stops = [.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Letters(random, 1 + random.Next(5)))];
            string text = Letters(random, random.Next(40));
            (string expected, string? found) = PlainSearch(text, stops);
            StopMatcher matcher = new(stops);
            StringBuilder output = new();
            for (int position = 0; position < text.Length;)
            {
                int length = Math.Min(1 + random.Next(6), text.Length - position);
                matcher.Push(text.AsSpan(position, length), output);
                position += length;
                AssertHoldsOnlyWhatCouldMatch(matcher, output, text[..position], stops);
            }

            matcher.Flush(output);
            Assert.Equal((expected, found), (output.ToString(), matcher.Found));
        }
    }

    [Fact]
    public void Push_NothingInCommon_HoldsNothingBack()
    {
        StopMatcher matcher = new(["\n\nUser:"]);
        StringBuilder output = new();
        matcher.Push("Hello\n", output);
        Assert.Equal("Hello", output.ToString());
        matcher.Push("x", output);
        Assert.Equal("Hello\nx", output.ToString());
        Assert.Equal(0, matcher.HeldChars);
    }

    [Fact]
    public void Push_StopWithLoneSurrogate_NeverSplitsACharacter()
    {
        StopMatcher matcher = new(["\ude00", "\ud83d"]);
        StringBuilder output = new();
        Assert.False(matcher.Push("a😀b", output));
        Assert.Equal("a😀b", output.ToString());
    }

    [Fact]
    public void Constructor_EmptyStop_Throws() => Assert.Throws<ArgumentException>(() => new StopMatcher(["a", ""]));

    private static void AssertHoldsOnlyWhatCouldMatch(StopMatcher matcher, StringBuilder output, string soFar, string[] stops)
    {
        if (matcher.Found is null)
        {
            string held = soFar[output.Length..];
            Assert.Equal(matcher.HeldChars, held.Length);
            Assert.True(held.Length == 0 || stops.Any(s => s.StartsWith(held, StringComparison.Ordinal)), $"held '{held}'");
        }
    }

    private static (string Text, string? Found) PlainSearch(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string? found = stops.Where(s => text[..end].EndsWith(s, StringComparison.Ordinal)).MaxBy(s => s.Length);
            if (found is not null)
            {
                return (text[..(end - found.Length)], found);
            }
        }

        return (text, null);
    }

    private static string Letters(Random random, int count) => new([.. Enumerable.Range(0, count).Select(_ => "aab"[random.Next(3)])]);
}
