namespace Baltoro.Kimi.Grammar.Run;

/// <summary>Finds the bytes that must follow because each state on the way has exactly one.</summary>
internal sealed class ForcedRun(GrammarMachine machine)
{
    private const int MaxBytes = 4096;
    private byte[] _bytes = new byte[64];

    /// <summary>Whether the last run completes the document.</summary>
    public bool ReachesTheEnd { get; private set; }

    public ReadOnlySpan<byte> Find(int stacks)
    {
        int mark = machine.Arena.Count;
        int count = 0;
        int from = 0;
        int to = stacks;
        while (count < MaxBytes && TryFindOnly(from, to, out byte only))
        {
            Move(from, to, only);
            from = to;
            to = machine.Heads.Count;
            if (count == _bytes.Length)
            {
                Array.Resize(ref _bytes, count * 2);
            }

            _bytes[count++] = only;
        }

        ReachesTheEnd = to - from == 1 && machine.Heads[from].Kind == FrameKind.Done;
        machine.Heads.CutTo(stacks);
        machine.Arena.CutTo(mark);
        return _bytes.AsSpan(0, count);
    }

    private bool TryFindOnly(int from, int to, out byte only)
    {
        only = 0;
        for (int i = from; i < to; i++)
        {
            if (machine.IsComplete(machine.Heads[i]))
            {
                return false;
            }
        }

        // Printable characters first: where there is a choice, two of them are found soon.
        int found = 0;
        for (int i = 0; i < 256 && found < 2; i++)
        {
            byte value = (byte)(i + ' ');
            int mark = machine.Arena.Count;
            Move(from, to, value);
            if (machine.Heads.Count > to)
            {
                found++;
                only = value;
            }

            machine.Heads.CutTo(to);
            machine.Arena.CutTo(mark);
        }

        return found == 1;
    }

    private void Move(int from, int to, byte value)
    {
        for (int i = from; i < to; i++)
        {
            Frame head = machine.Heads[i];
            machine.Move(head, value);
        }
    }
}
