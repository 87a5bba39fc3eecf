namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>
/// A deterministic automaton over the bytes between the quotes of a JSON string, in which every state can still reach an
/// accepting one. The closing quote is not part of it. Immutable; one instance is one identity for mask caches.
/// </summary>
internal sealed class StringDfa(int[] next, byte[] classes, int classCount, bool[] accepting, bool[] boundary, int[] distance, bool[] universal)
{
    public const int Start = 0;

    public int StateCount => accepting.Length;

    /// <summary>Largest <see cref="Distance"/> of any state.</summary>
    public int MaxDistance { get; } = distance.Length == 0 ? 0 : distance.Max();

    /// <summary>The state after <paramref name="value"/>, or -1.</summary>
    public int Next(int state, byte value) => next[(state * classCount) + classes[value]];

    /// <summary>Whether the text may end here.</summary>
    public bool IsAccepting(int state) => accepting[state];

    /// <summary>Whether the state lies between two code points.</summary>
    public bool IsBoundary(int state) => boundary[state];

    /// <summary>Fewest code points that must still begin before the text may end.</summary>
    public int Distance(int state) => distance[state];

    /// <summary>Whether any text without escapes may follow and may end after each of its code points.</summary>
    public bool IsUniversal(int state) => universal[state];
}
