using System.Numerics;
using System.Text;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Grammar.Patterns;
using Baltoro.Kimi.Grammar.Run;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>A model that knows nothing: writes a document by drawing allowed tokens, and hurries to the end after a while.</summary>
internal static class RandomWriter
{
    private const int MaxTokens = 60_000;
    private const string Hurry = "\"01ntf]}a:,59.";

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
            int token = count > freeTokens ? DrawHurried(matcher, grammar, mask, vocabulary, random) : Draw(mask, random);
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

    private static int DrawHurried(GrammarMatcher matcher, CompiledGrammar grammar, ulong[] mask, TokenVocabulary vocabulary, Random random)
    {
        if (random.Next(4) == 0)
        {
            return Draw(mask, random);
        }

        int best = matcher.Top.Kind == FrameKind.String ? NearestToTheEnd(matcher.Top, grammar, mask, vocabulary) : -1;
        foreach (char wanted in best >= 0 ? "" : Hurry)
        {
            int token = vocabulary.Trie.Longest([(byte)wanted]).TokenId;
            if (IsAllowed(mask, token))
            {
                return token;
            }
        }

        return best >= 0 ? best : Draw(mask, random);
    }

    /// <summary>The byte after which the string can end soonest.</summary>
    private static int NearestToTheEnd(in Frame top, CompiledGrammar grammar, ulong[] mask, TokenVocabulary vocabulary)
    {
        StringDfa dfa = grammar.Strings[top.Index].Dfa;
        int best = -1;
        int distance = int.MaxValue;
        for (int value = 0; value < 256; value++)
        {
            int token = vocabulary.Trie.Longest([(byte)value]).TokenId;
            if (token < 0 || !IsAllowed(mask, token))
            {
                continue;
            }

            bool closes = dfa.IsBoundary(top.State) && value == '"';
            int next = dfa.Next(top.State, (byte)value);
            int after = closes ? -1 : next < 0 ? int.MaxValue : dfa.Distance(next);
            if (after < distance)
            {
                (best, distance) = (token, after);
            }
        }

        return best;
    }

    private static bool IsAllowed(ulong[] mask, int token) => (mask[token >> 6] >> token & 1) != 0;

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
