using System.Text;
using System.Text.RegularExpressions;
using Baltoro.Kimi.Grammar.Patterns;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>String automata against .NET's regular expressions, on random texts over a small alphabet.</summary>
public class PatternTests
{
    [Theory]
    [InlineData("^a+b*$")]
    [InlineData("ab")]
    [InlineData("^(a|b){2,4}$")]
    [InlineData("a$")]
    [InlineData("^a")]
    [InlineData("^$")]
    [InlineData("")]
    [InlineData("a|^b|c$")]
    [InlineData("(^a|b)c?$")]
    [InlineData("[^ab]")]
    [InlineData("^[a-c\\-\\]]*$")]
    [InlineData("^.$")]
    [InlineData("^(?:a?b?c?){3}$")]
    [InlineData("\\\\")]
    [InlineData("\"")]
    [InlineData("^[\\d\\n]+$")]
    [InlineData("(?<x>a)(b|)c")]
    [InlineData("^a{0}b{1}c{2,}$")]
    [InlineData("日|é+$")]
    [InlineData("^\\u0061|\\x62$")]
    [InlineData("a*?b+?")]
    [InlineData("$a")]
    [InlineData("$^")]
    [InlineData("(a$|b)*c")]
    public void Automaton_OfPattern_AgreesWithDotNet(string pattern)
    {
        int seed = Seeds.Next();
        var random = new Random(seed);
        StringDfa? dfa = StringAutomata.Build([pattern], 0, [], 20_000);
        // In .NET $ also matches before a last line end; \z does not.
        var regex = new Regex(pattern.Replace("$", "\\z"), RegexOptions.CultureInvariant);
        const string Alphabet = "aaabbbccc1-]\n\"\\日é";
        for (int i = 0; i < 400; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
            Assert.True(regex.IsMatch(text) == (dfa is not null && StringAutomata.Accepts(dfa, text)), $"{pattern} on {text}");
        }
    }

    [Fact]
    public void Conjunction_OfPatternsAndLength_IsTheirIntersection()
    {
        StringDfa? dfa = StringAutomata.Build(["^[ab]*$", "ba", "a$"], 4, ["abba"], 20_000);
        foreach (string text in AllTexts("abc", 6))
        {
            bool expected = text.All(c => c != 'c') && text.Contains("ba") && text.EndsWith('a') && text.Length >= 4 && text != "abba";
            Assert.Equal(expected, StringAutomata.Accepts(dfa!, text));
        }
    }

    [Fact]
    public void Conjunction_WithoutCommonText_IsEmpty() => Assert.Null(StringAutomata.Build(["^a+$", "b"], 0, [], 20_000));

    [Theory]
    [InlineData("date", "2024-02-29", true)]
    [InlineData("date", "2023-02-29", false)]
    [InlineData("date", "2000-02-29", true)]
    [InlineData("date", "1900-02-29", false)]
    [InlineData("date", "2024-04-31", false)]
    [InlineData("date", "2024-12-31", true)]
    [InlineData("time", "23:59:59Z", true)]
    [InlineData("time", "24:00:00Z", false)]
    [InlineData("time", "10:00:00.123+05:30", true)]
    [InlineData("date-time", "2024-01-31T00:00:00Z", true)]
    [InlineData("date-time", "2024-01-31 00:00:00", false)]
    [InlineData("uuid", "123e4567-e89b-12d3-a456-426614174000", true)]
    [InlineData("uuid", "123e4567e89b12d3a456426614174000", false)]
    [InlineData("email", "ada.lovelace+x@mail.example.com", true)]
    [InlineData("email", "ada@", false)]
    [InlineData("ipv4", "192.168.0.255", true)]
    [InlineData("ipv4", "256.1.1.1", false)]
    [InlineData("ipv4", "01.1.1.1", false)]
    [InlineData("ipv6", "2001:db8::1", true)]
    [InlineData("ipv6", "::", true)]
    [InlineData("ipv6", "1:2:3:4:5:6:7:8", true)]
    [InlineData("ipv6", "1:2:3:4:5:6:7::8", false)]
    [InlineData("ipv6", "1::2::3", false)]
    [InlineData("uri", "https://example.com/a/b?q=1#f", true)]
    [InlineData("uri", "mailto:ada@example.com", true)]
    [InlineData("uri", "no scheme", false)]
    [InlineData("hostname", "mail.example.com", true)]
    [InlineData("hostname", "-a.b", false)]
    [InlineData("duration", "P1DT12H", true)]
    [InlineData("duration", "P", false)]
    public void Format_Text_IsAcceptedOrNot(string format, string text, bool expected)
    {
        StringDfa dfa = StringAutomata.Build([FormatPatterns.For(format)!], 0, [], 20_000)!;
        Assert.Equal(expected, StringAutomata.Accepts(dfa, text));
    }

    [Fact]
    public void AnySpelling_TakesEscapesAndPairsButNoLoneSurrogates()
    {
        static bool Accepts(string spelled)
        {
            int state = StringDfa.Start;
            foreach (byte value in Encoding.UTF8.GetBytes(spelled))
            {
                state = state < 0 ? -1 : StringAutomata.AnySpelling.Next(state, value);
            }

            return state >= 0 && StringAutomata.AnySpelling.IsAccepting(state);
        }

        Assert.True(Accepts("a\\u00e9\\/\\ud83d\\ude00日"));
        Assert.False(Accepts("\\ud83d"));
        Assert.False(Accepts("\\ud83dx"));
        Assert.False(Accepts("\\ude00"));
        Assert.False(Accepts("\\ud83d\\u0041"));
        Assert.False(Accepts("\\x41"));
        Assert.False(Accepts("\n"));
    }

    private static IEnumerable<string> AllTexts(string alphabet, int maxLength) =>
        maxLength == 0 ? [""] : AllTexts(alphabet, maxLength - 1).SelectMany(text => text.Length == maxLength - 1 ? alphabet.Select(c => text + c).Prepend(text) : [text]);
}
