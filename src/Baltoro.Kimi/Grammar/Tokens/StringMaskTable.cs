using System.Collections.Concurrent;
using Baltoro.Kimi.Grammar.Patterns;

namespace Baltoro.Kimi.Grammar.Tokens;

/// <summary>Masks of the states of one string automaton, made when first asked for; bounded in number.</summary>
internal sealed class StringMaskTable(TokenVocabulary vocabulary, StringDfa dfa)
{
    private const int MaxMasks = 256;
    private readonly ConcurrentDictionary<(int State, long Missing, long Room), StringMask> _masks = new();

    /// <param name="state">State inside the string.</param>
    /// <param name="missing">Code points that must still begin before the string may end.</param>
    /// <param name="room">Code points that may still begin; long.MaxValue for no limit.</param>
    public StringMask Get(int state, long missing, long room)
    {
        // Beyond what one token can hold, the exact number makes no difference.
        long reach = vocabulary.Trie.MaxDepth + 1;
        missing = Math.Min(missing, reach);
        room = room - dfa.MaxDistance > reach ? long.MaxValue : room;
        if (_masks.TryGetValue((state, missing, room), out StringMask? mask))
        {
            return mask;
        }

        if (_masks.Count >= MaxMasks)
        {
            _masks.Clear();
        }

        mask = new StringMaskBuilder(vocabulary, dfa, missing, room).Build(state);
        _masks[(state, missing, room)] = mask;
        return mask;
    }
}
