using Baltoro.Kimi.Grammar.Run;

namespace Baltoro.Kimi.Grammar;

/// <summary>
/// One document being written under a grammar: says which tokens may follow and moves on. From every state it reaches the
/// document can be completed. Not safe for concurrent use; memory grows with the nesting of the document, not its length.
/// </summary>
public sealed class GrammarMatcher
{
    private const int MaxStacks = 256;
    private const int CompactAbove = 128;
    private readonly GrammarMachine _machine;
    private readonly TokenVocabulary _vocabulary;
    private readonly MaskWalk _walk;
    private readonly ForcedRun _forced;
    private int _stacks;

    public GrammarMatcher(CompiledGrammar grammar, TokenVocabulary vocabulary)
    {
        _machine = new GrammarMachine(grammar);
        _vocabulary = vocabulary;
        _walk = new MaskWalk(_machine, vocabulary);
        _forced = new ForcedRun(_machine);
        _machine.Heads.Add(GrammarMachine.Begin(grammar));
        _stacks = 1;
    }

    /// <summary>Whether the text so far is a complete document.</summary>
    public bool IsComplete
    {
        get
        {
            for (int i = 0; i < _stacks; i++)
            {
                if (_machine.IsComplete(_machine.Heads[i]))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether the text so far is a complete document and nothing may follow.</summary>
    public bool IsFinished => _stacks == 1 && _machine.Heads[0].Kind == FrameKind.Done;

    /// <summary>The top frame of the first stack.</summary>
    internal Frame Top => _machine.Heads[0];

    /// <summary>Whether the bytes <see cref="ForcedBytes"/> gave last complete the document.</summary>
    public bool ForcedToTheEnd => _forced.ReachesTheEnd;

    /// <summary>Sets the bits of all tokens that may follow; leaves other bits as they are.</summary>
    /// <param name="allowed">allowed[vocabulary words], bit i of word w for token 64 w + i.</param>
    public void FillMask(Span<ulong> allowed)
    {
        if (allowed.Length < _vocabulary.WordCount)
        {
            throw new ArgumentException($"the mask has {allowed.Length} words; the vocabulary needs {_vocabulary.WordCount}", nameof(allowed));
        }

        _walk.Fill(_stacks, allowed);
    }

    /// <summary>Moves on by a token; false (and no change) when it may not follow.</summary>
    public bool TryAcceptToken(int tokenId)
    {
        ReadOnlySpan<byte> bytes = _vocabulary.BytesOf(tokenId);
        return !bytes.IsEmpty && TryAccept(bytes);
    }

    /// <summary>Moves on by <paramref name="bytes"/>, cut anywhere; false (and no change) when they may not follow.</summary>
    public bool TryAccept(ReadOnlySpan<byte> bytes)
    {
        int mark = _machine.Arena.Count;
        int from = 0;
        int to = _stacks;
        foreach (byte value in bytes)
        {
            for (int i = from; i < to; i++)
            {
                Frame head = _machine.Heads[i];
                _machine.Move(head, value);
            }

            from = to;
            to = _machine.Heads.Count;
            if (from == to)
            {
                _machine.Heads.CutTo(_stacks);
                _machine.Arena.CutTo(mark);
                return false;
            }
        }

        Keep(from, to);
        return true;
    }

    /// <summary>The bytes that must follow, whatever the model says; empty when there is a choice. Valid until the next call.</summary>
    public ReadOnlySpan<byte> ForcedBytes() => _forced.Find(_stacks);

    /// <summary>Makes the heads of the last byte the current ones, each stack once.</summary>
    private void Keep(int from, int to)
    {
        int kept = 0;
        for (int i = from; i < to && kept < MaxStacks; i++)
        {
            Frame head = _machine.Heads[i];
            bool isNew = true;
            for (int k = 0; k < kept && isNew; k++)
            {
                isNew = !AreSameStack(_machine.Heads[k], head);
            }

            if (isNew)
            {
                _machine.Heads[kept++] = head;
            }
        }

        _machine.Heads.CutTo(kept);
        _stacks = kept;
        if (_machine.Arena.Count > CompactAbove)
        {
            _machine.Arena.Compact(_machine.Heads.Slice(0, kept));
        }
    }

    private bool AreSameStack(in Frame left, in Frame right)
    {
        Frame a = left;
        Frame b = right;
        while (true)
        {
            if (a.Parent == b.Parent)
            {
                return a.Equals(b);
            }

            if (a.Parent < 0 || b.Parent < 0)
            {
                return false;
            }

            Frame nextA = _machine.Arena[a.Parent];
            Frame nextB = _machine.Arena[b.Parent];
            a.Parent = b.Parent = 0;
            if (!a.Equals(b))
            {
                return false;
            }

            a = nextA;
            b = nextB;
        }
    }
}
