using System.Numerics;
using System.Text;
using Baltoro.Kimi.Grammar;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>A model that knows nothing: writes a document by drawing allowed tokens, and hurries to the end after a while.</summary>
internal static class RandomWriter
{
    private const int MaxTokens = 60_000;
    private static readonly string[] Hurry = ["\"", "0", "1", "n", "t", "f", "]", "}", "a", ":", ",", "5", "9", "."];

    public static string Write(CompiledGrammar grammar, TokenVocabulary vocabulary, Random random, int freeTokens)
    {
        var matcher = new GrammarMatcher(grammar, vocabulary);
        var text = new List<byte>();
        var mask = new ulong[vocabulary.WordCount];
        for (int count = 0; count < MaxTokens; count++)
        {
            if (matcher.IsComplete && (count > freeTokens || random.Next(4) == 0))
            {
                return Encoding.UTF8.GetString([.. text]);
            }

            Array.Clear(mask);
            matcher.FillMask(mask);
            int token = count > freeTokens ? DrawHurried(mask, vocabulary, random) : Draw(mask, random);
            if (token < 0)
            {
                Assert.True(matcher.IsComplete, $"dead end after {Encoding.UTF8.GetString([.. text])}");
                return Encoding.UTF8.GetString([.. text]);
            }

            Assert.True(matcher.TryAcceptToken(token), $"allowed token {token} refused after {Encoding.UTF8.GetString([.. text])}");
            text.AddRange(vocabulary.BytesOf(token));
        }

        throw new InvalidOperationException($"no end after {MaxTokens} tokens: {Encoding.UTF8.GetString([.. text])[..200]}");
    }

    private static int DrawHurried(ulong[] mask, TokenVocabulary vocabulary, Random random)
    {
        if (random.Next(4) == 0)
        {
            return Draw(mask, random);
        }

        foreach (string wanted in Hurry)
        {
            // In the small vocabulary, token 2 + b is the single byte b.
            int token = 2 + wanted[0];
            if (vocabulary.BytesOf(token).SequenceEqual(Encoding.ASCII.GetBytes(wanted)) && (mask[token >> 6] >> token & 1) != 0)
            {
                return token;
            }
        }

        return Draw(mask, random);
    }

    private static int Draw(ulong[] mask, Random random)
    {
        int total = mask.Sum(word => BitOperations.PopCount(word));
        if (total == 0)
        {
            return -1;
        }

        int wanted = random.Next(total);
        for (int word = 0; ; word++)
        {
            int here = BitOperations.PopCount(mask[word]);
            if (wanted < here)
            {
                ulong bits = mask[word];
                for (; wanted > 0; wanted--)
                {
                    bits &= bits - 1;
                }

                return (word * 64) + BitOperations.TrailingZeroCount(bits);
            }

            wanted -= here;
        }
    }
}
