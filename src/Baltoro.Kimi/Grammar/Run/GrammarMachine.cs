using Baltoro.Kimi.Grammar.Rules;

namespace Baltoro.Kimi.Grammar.Run;

/// <summary>
/// The automaton's moves. A head is the top frame of one stack; one byte turns a head into none, one or several heads,
/// which are appended to <see cref="Heads"/>. Frames below live in <see cref="Arena"/>. Owned by one matcher.
/// </summary>
internal sealed class GrammarMachine(CompiledGrammar grammar)
{
    /// <summary>Heads inside one token are cut here; every stack that stays is complete by itself, so nothing invalid gets in.</summary>
    private const int MaxHeads = 4096;

    public FrameArena Arena { get; } = new();

    public FrameList Heads { get; } = new();

    public CompiledGrammar Grammar => grammar;

    /// <summary>The stack before the first byte.</summary>
    public static Frame Begin(CompiledGrammar grammar) => new() { Parent = -1, Kind = FrameKind.Value, Index = grammar.Root };

    /// <summary>Appends what <paramref name="head"/> becomes by <paramref name="value"/>.</summary>
    public void Move(in Frame head, byte value)
    {
        switch (head.Kind)
        {
            case FrameKind.String:
                MoveString(head, value);
                break;
            case FrameKind.Value:
                MoveValue(head, value);
                break;
            case FrameKind.Object:
                MoveObject(head, value);
                break;
            case FrameKind.Name:
                MoveName(head, value);
                break;
            case FrameKind.Array:
                MoveArray(head, value);
                break;
            case FrameKind.Literal:
                MoveLiteral(head, value);
                break;
            case FrameKind.Number:
                MoveNumber(head, value);
                break;
            case FrameKind.AnyNumber:
                MoveAnyNumber(head, value);
                break;
            case FrameKind.Done:
                break;
        }
    }

    /// <summary>Whether the document may end at <paramref name="head"/>.</summary>
    public bool IsComplete(in Frame head) => head.Kind switch
    {
        FrameKind.Done => true,
        FrameKind.Number => head.Parent < 0 && NumberStep.IsComplete(grammar.Numbers[head.Index], head),
        FrameKind.AnyNumber => head.Parent < 0 && AnyNumberStep.IsComplete(head.State),
        FrameKind.Literal => head.Parent < 0 && grammar.Rules[head.Index].Literals.ValueAt(head.State) >= 0,
        _ => false,
    };

    /// <summary>The head after the value on top of <paramref name="parent"/> is complete.</summary>
    public Frame Below(int parent) => parent < 0 ? new Frame { Parent = -1, Kind = FrameKind.Done } : Arena[parent];

    private void Add(in Frame frame)
    {
        if (Heads.Count < MaxHeads)
        {
            Heads.Add(frame);
        }
    }

    private void MoveString(in Frame head, byte value)
    {
        StringSpec spec = grammar.Strings[head.Index];
        bool isBoundary = spec.Dfa.IsBoundary(head.State);
        if (value == '"' && isBoundary)
        {
            if (spec.Dfa.IsAccepting(head.State) && (!spec.Counted || head.Data >= spec.Min))
            {
                Add(Below(head.Parent));
            }

            return;
        }

        int next = spec.Dfa.Next(head.State, value);
        if (next < 0)
        {
            return;
        }

        Frame frame = head;
        frame.State = next;
        if (spec.Counted)
        {
            frame.Data += isBoundary ? 1 : 0;
            if (frame.Data + spec.Dfa.Distance(next) > spec.Max)
            {
                return;
            }
        }

        Add(frame);
    }

    private void MoveValue(in Frame head, byte value)
    {
        ValueRule rule = grammar.Rules[head.Index];
        int room = grammar.MaxDepth - head.Depth;
        int literal = rule.Literals.Child(ByteTrie.Root, value);
        if (literal >= 0)
        {
            AddLiteral(head, head.Index, literal);
        }

        switch (value)
        {
            case (byte)'"':
                foreach (int index in rule.Strings)
                {
                    Add(head with { Kind = FrameKind.String, Index = index, State = Patterns.StringDfa.Start, Data = 0 });
                }

                break;
            case (byte)'[':
                foreach (int index in rule.Arrays)
                {
                    AddContainer(head, FrameKind.Array, index, grammar.Arrays[index].MinDepth <= room);
                }

                break;
            case (byte)'{':
                foreach (int index in rule.Objects)
                {
                    AddContainer(head, FrameKind.Object, index, grammar.Objects[index].MinDepth <= room);
                }

                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                MoveIntoNumber(head, rule, value);
                break;
        }
    }

    private void MoveIntoNumber(in Frame head, ValueRule rule, byte value)
    {
        foreach (int index in rule.Numbers)
        {
            MoveNumber(head with { Kind = FrameKind.Number, Index = index, State = 0, Next = 0, Negative = false, Data = 0 }, value);
        }

        if (rule.AnyNumber)
        {
            MoveAnyNumber(head with { Kind = FrameKind.AnyNumber, State = 0 }, value);
        }
    }

    private void AddContainer(in Frame head, FrameKind kind, int index, bool fits)
    {
        if (fits)
        {
            Add(head with { Kind = kind, Index = index, State = 0, Next = 0, Data = 0 });
        }
    }

    private void AddLiteral(in Frame head, int rule, int node)
    {
        ByteTrie literals = grammar.Rules[rule].Literals;
        Add(literals.HasChildren(node) ? head with { Kind = FrameKind.Literal, Index = rule, State = node } : Below(head.Parent));
    }

    private void MoveLiteral(in Frame head, byte value)
    {
        ByteTrie literals = grammar.Rules[head.Index].Literals;
        int child = literals.Child(head.State, value);
        if (child >= 0)
        {
            AddLiteral(head, head.Index, child);
        }

        // A number may be the beginning of a longer one: 1 and 12.
        if (literals.ValueAt(head.State) >= 0)
        {
            MoveBelow(head.Parent, value);
        }
    }

    private void MoveNumber(in Frame head, byte value)
    {
        NumberSpec spec = grammar.Numbers[head.Index];
        Frame frame = head;
        if (NumberStep.TryMove(spec, ref frame, value))
        {
            Add(frame);
        }
        else if (value is (byte)',' or (byte)']' or (byte)'}' && NumberStep.IsComplete(spec, head))
        {
            MoveBelow(head.Parent, value);
        }
    }

    private void MoveAnyNumber(in Frame head, byte value)
    {
        Frame frame = head;
        if (AnyNumberStep.TryMove(ref frame.State, value))
        {
            Add(frame);
        }
        else if (value is (byte)',' or (byte)']' or (byte)'}' && AnyNumberStep.IsComplete(head.State))
        {
            MoveBelow(head.Parent, value);
        }
    }

    private void MoveBelow(int parent, byte value)
    {
        if (parent >= 0)
        {
            Frame below = Arena[parent];
            Move(below, value);
        }
    }

    private void MoveArray(in Frame head, byte value)
    {
        const int AfterItem = 1;
        const int AfterComma = 2;
        ArraySpec spec = grammar.Arrays[head.Index];
        long count = (long)head.Data;
        if (value == ']' && head.State != AfterComma)
        {
            if (count >= spec.Min)
            {
                Add(Below(head.Parent));
            }

            return;
        }

        if (count >= spec.Max || grammar.Rules[spec.RuleOf(count)].MinDepth > grammar.MaxDepth - head.Depth - 1)
        {
            return;
        }

        if (head.State == AfterItem)
        {
            if (value == ',')
            {
                Add(head with { State = AfterComma });
            }

            return;
        }

        MoveIntoChild(head with { State = AfterItem, Data = count + 1 }, spec.RuleOf(count), value);
    }

    /// <summary>Begins a value of <paramref name="rule"/> with its first byte, on top of <paramref name="below"/>.</summary>
    private void MoveIntoChild(in Frame below, int rule, byte value)
    {
        int before = Heads.Count;
        int mark = Arena.Count;
        int parent = Arena.Push(below);
        MoveValue(new Frame { Parent = parent, Kind = FrameKind.Value, Index = rule, Depth = (ushort)(below.Depth + 1) }, value);
        if (Heads.Count == before)
        {
            Arena.CutTo(mark);
        }
    }

    private void MoveObject(in Frame head, byte value)
    {
        ObjectSpec spec = grammar.Objects[head.Index];
        switch (head.State)
        {
            case ObjectStep.Opened or ObjectStep.AfterValue when value == '}':
                if (ObjectStep.CanClose(spec, head))
                {
                    Add(Below(head.Parent));
                }

                break;
            case ObjectStep.Opened or ObjectStep.AfterComma when value == '"':
                BeginName(spec, head);
                break;
            case ObjectStep.AfterValue when value == ',':
                if (ObjectStep.CanTakeAdditional(grammar, spec, head) || ObjectStep.CanTakeBelow(grammar, spec, head, ByteTrie.Root))
                {
                    Add(head with { State = ObjectStep.AfterComma });
                }

                break;
            case ObjectStep.AfterName when value == ':':
                AddValue(head with { State = ObjectStep.AfterValue }, spec.Properties[head.Next - 1].Rule);
                break;
            case ObjectStep.AfterAdditionalName when value == ':':
                AddValue(head with { State = ObjectStep.AfterValue }, spec.AdditionalRule);
                break;
        }
    }

    private void AddValue(in Frame below, int rule)
    {
        int parent = Arena.Push(below);
        Add(new Frame { Parent = parent, Kind = FrameKind.Value, Index = rule, Depth = (ushort)(below.Depth + 1) });
    }

    private void BeginName(ObjectSpec spec, in Frame head)
    {
        if (ObjectStep.CanTakeBelow(grammar, spec, head, ByteTrie.Root))
        {
            Add(head with { Kind = FrameKind.Name, State = ByteTrie.Root });
        }

        if (ObjectStep.CanTakeAdditional(grammar, spec, head))
        {
            Frame below = head with { State = ObjectStep.AfterAdditionalName, Next = spec.Properties.Length };
            ObjectStep.CountAdditional(ref below);
            int parent = Arena.Push(below);
            Add(new Frame { Parent = parent, Kind = FrameKind.String, Index = spec.AdditionalKey, State = Patterns.StringDfa.Start, Depth = head.Depth });
        }
    }

    private void MoveName(in Frame head, byte value)
    {
        ObjectSpec spec = grammar.Objects[head.Index];
        int node = spec.Names.Child(head.State, value);
        if (node < 0 || !ObjectStep.CanTakeBelow(grammar, spec, head, node))
        {
            return;
        }

        int property = spec.Names.ValueAt(node);
        if (property < 0)
        {
            Add(head with { State = node });
            return;
        }

        Frame frame = head with { Kind = FrameKind.Object, State = ObjectStep.AfterName, Next = property + 1 };
        ObjectStep.CountDeclared(ref frame);
        Add(frame);
    }
}
