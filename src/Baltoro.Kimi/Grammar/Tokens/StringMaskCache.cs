using System.Collections.Concurrent;
using Baltoro.Kimi.Grammar.Patterns;

namespace Baltoro.Kimi.Grammar.Tokens;

/// <summary>
/// Masks of string states, made when first asked for; at most a given number, oldest out. Safe for concurrent use: two
/// threads may make the same mask, one of them stays.
/// </summary>
internal sealed class StringMaskCache(TokenVocabulary vocabulary, int maxMasks)
{
    private readonly ConcurrentDictionary<Key, StringMask> _masks = new();
    private readonly ConcurrentQueue<Key> _byAge = new();

    /// <param name="dfa">Automaton of the string.</param>
    /// <param name="state">State inside the string.</param>
    /// <param name="missing">Code points that must still begin before the string may end.</param>
    /// <param name="room">Code points that may still begin; long.MaxValue for no limit.</param>
    public StringMask Get(StringDfa dfa, int state, long missing, long room)
    {
        // Beyond what one token can hold, the exact number makes no difference.
        long reach = vocabulary.Trie.MaxDepth + 1;
        missing = Math.Min(missing, reach);
        room = room - dfa.MaxDistance > reach ? long.MaxValue : room;
        var key = new Key(dfa, state, missing, room);
        if (_masks.TryGetValue(key, out StringMask? mask))
        {
            return mask;
        }

        mask = new StringMaskBuilder(vocabulary, dfa, missing, room).Build(state);
        if (_masks.TryAdd(key, mask))
        {
            _byAge.Enqueue(key);
            while (_masks.Count > maxMasks && _byAge.TryDequeue(out Key oldest))
            {
                _masks.TryRemove(oldest, out _);
            }
        }

        return mask;
    }

    private readonly record struct Key(StringDfa Dfa, int State, long Missing, long Room);
}
