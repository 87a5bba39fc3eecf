using Baltoro.Kimi.Grammar.Patterns;

namespace Baltoro.Kimi.Grammar.Tokens;

/// <summary>Walks the tokens through one string automaton; holds the automaton's state at each depth of the walk.</summary>
internal sealed class StringMaskBuilder(TokenVocabulary vocabulary, StringDfa dfa, long missing, long room)
{
    private readonly List<(ReadOnlyMemory<byte> Bytes, int TokenId)> _rests = [];

    public StringMask Build(int state)
    {
        var allowed = new ulong[vocabulary.WordCount];
        TokenTrie trie = vocabulary.Trie;
        if (dfa.IsUniversal(state))
        {
            vocabulary.CopyPlain(room, allowed);
            trie = vocabulary.RoughTrie;
        }

        Walk(trie, state, allowed);
        return new StringMask(allowed, TokenTrie.Build(_rests));
    }

    private void Walk(TokenTrie trie, int start, Span<ulong> allowed)
    {
        Span<int> states = new int[trie.MaxDepth + 1];
        Span<int> counts = new int[trie.MaxDepth + 1];
        states[0] = start;
        ReadOnlySpan<TokenTrie.Node> nodes = trie.Nodes;
        for (int i = 0; i < nodes.Length;)
        {
            TokenTrie.Node node = nodes[i];
            int before = states[node.Depth - 1];
            int count = counts[node.Depth - 1];
            if (node.Value == '"' && dfa.IsBoundary(before))
            {
                if (dfa.IsAccepting(before) && count >= missing)
                {
                    Allow(node.TokenId, allowed);
                    CollectRests(nodes, i);
                }

                i = node.Next;
                continue;
            }

            int next = dfa.Next(before, node.Value);
            if (next >= 0 && room != long.MaxValue)
            {
                count += dfa.IsBoundary(before) ? 1 : 0;
                next = count + dfa.Distance(next) > room ? -1 : next;
            }
            else if (missing > 0 && dfa.IsBoundary(before))
            {
                count++;
            }

            if (next < 0)
            {
                i = node.Next;
                continue;
            }

            states[node.Depth] = next;
            counts[node.Depth] = count;
            Allow(node.TokenId, allowed);
            i++;
        }
    }

    private static void Allow(int tokenId, Span<ulong> allowed)
    {
        if (tokenId >= 0)
        {
            allowed[tokenId >> 6] |= 1UL << tokenId;
        }
    }

    /// <summary>Notes what follows the closing quote in every token that goes through node <paramref name="quote"/>.</summary>
    private void CollectRests(ReadOnlySpan<TokenTrie.Node> nodes, int quote)
    {
        int from = nodes[quote].Depth;
        for (int i = quote + 1; i < nodes[quote].Next; i++)
        {
            if (nodes[i].TokenId >= 0)
            {
                _rests.Add((vocabulary.TokenMemory(nodes[i].TokenId)[from..], nodes[i].TokenId));
            }
        }
    }
}
