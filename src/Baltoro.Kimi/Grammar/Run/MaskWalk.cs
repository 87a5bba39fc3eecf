using Baltoro.Kimi.Grammar.Rules;
using Baltoro.Kimi.Grammar.Tokens;

namespace Baltoro.Kimi.Grammar.Run;

/// <summary>
/// Finds the tokens that may follow. Strings take a mask that depends on their own state only, and then walk the few rests
/// that go on behind the closing quote; everything else walks the vocabulary's tree, where the structure prunes early.
/// </summary>
internal sealed class MaskWalk(GrammarMachine machine, TokenVocabulary vocabulary)
{
    private readonly int[] _headEnds = new int[vocabulary.Trie.MaxDepth + 1];
    private readonly int[] _arenaEnds = new int[vocabulary.Trie.MaxDepth + 1];

    /// <summary>Sets the bits of the tokens that may follow any of the first <paramref name="stacks"/> heads.</summary>
    public void Fill(int stacks, Span<ulong> allowed)
    {
        int others = 0;
        for (int i = 0; i < stacks; i++)
        {
            Frame head = machine.Heads[i];
            if (head.Kind == FrameKind.String)
            {
                FillString(stacks, head, allowed);
            }
            else
            {
                others++;
            }
        }

        if (others == stacks)
        {
            Walk(vocabulary.Trie, 0, stacks, allowed);
        }
        else if (others > 0)
        {
            for (int i = 0; i < stacks; i++)
            {
                Frame head = machine.Heads[i];
                if (head.Kind != FrameKind.String)
                {
                    machine.Heads.Add(head);
                }
            }

            Walk(vocabulary.Trie, stacks, stacks + others, allowed);
        }

        machine.Heads.CutTo(stacks);
    }

    private void FillString(int stacks, in Frame head, Span<ulong> allowed)
    {
        StringSpec spec = machine.Grammar.Strings[head.Index];
        long count = spec.Counted ? (long)head.Data : 0;
        long room = spec.Max == long.MaxValue ? long.MaxValue : spec.Max - count;
        StringMask mask = vocabulary.MasksOf(spec.Dfa).Get(spec.Dfa, head.State, Math.Max(0, spec.Min - count), room);
        ReadOnlySpan<ulong> words = mask.Allowed;
        for (int i = 0; i < words.Length; i++)
        {
            allowed[i] |= words[i];
        }

        machine.Heads.Add(machine.Below(head.Parent));
        Walk(mask.Rests, stacks, stacks + 1, allowed);
        machine.Heads.CutTo(stacks);
    }

    /// <summary>One pass over <paramref name="trie"/>; heads from..to are the stacks before the first byte.</summary>
    private void Walk(TokenTrie trie, int from, int to, Span<ulong> allowed)
    {
        int[] headEnds = _headEnds;
        int[] arenaEnds = _arenaEnds;
        headEnds[0] = to;
        arenaEnds[0] = machine.Arena.Count;
        ReadOnlySpan<TokenTrie.Node> nodes = trie.Nodes;
        for (int i = 0; i < nodes.Length;)
        {
            ref readonly TokenTrie.Node node = ref nodes[i];
            int level = node.Depth - 1;
            int end = headEnds[level];
            machine.Heads.CutTo(end);
            machine.Arena.CutTo(arenaEnds[level]);
            for (int h = level == 0 ? from : headEnds[level - 1]; h < end; h++)
            {
                Frame head = machine.Heads[h];
                machine.Move(head, node.Value);
            }

            if (machine.Heads.Count == end)
            {
                i = node.Next;
                continue;
            }

            headEnds[level + 1] = machine.Heads.Count;
            arenaEnds[level + 1] = machine.Arena.Count;
            if (node.TokenId >= 0)
            {
                allowed[node.TokenId >> 6] |= 1UL << node.TokenId;
            }

            i++;
        }

        machine.Heads.CutTo(to);
        machine.Arena.CutTo(arenaEnds[0]);
    }
}
