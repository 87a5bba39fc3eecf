using Baltoro.Kimi.Grammar.Patterns;

namespace Baltoro.Kimi.Grammar.Rules;

/// <summary>
/// A string: its automaton and its length in code points. <paramref name="Min"/> is above 0 only for automata that are
/// universal from the start (elsewhere the automaton itself counts), so that a shorter text can always be made longer.
/// </summary>
internal sealed record StringSpec(StringDfa Dfa, long Min, long Max)
{
    /// <summary>Whether the length has to be counted.</summary>
    public bool Counted => Min > 0 || Max < long.MaxValue;
}
