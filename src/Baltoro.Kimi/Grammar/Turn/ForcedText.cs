using System.Text.Unicode;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Grammar.Turn;

/// <summary>
/// Cuts forced bytes into tokens. The text never changes: the tokenizer's own cut is used where the bytes are whole
/// characters, the longest-match cut elsewhere. A last token that could be the beginning of a longer one is left to the
/// model, which would otherwise see a cut it has not learnt.
/// </summary>
internal sealed class ForcedText(TokenVocabulary vocabulary, KimiTokenizer? tokenizer)
{
    private readonly List<int> _tokens = [];

    /// <summary>Moves <paramref name="matcher"/> over what it forces and appends the tokens; whether there were any.</summary>
    public bool TryTake(GrammarMatcher matcher, List<int> taken)
    {
        ReadOnlySpan<byte> bytes = matcher.ForcedBytes();
        if (bytes.IsEmpty)
        {
            return false;
        }

        _tokens.Clear();
        if (tokenizer is not null && Utf8.IsValid(bytes))
        {
            tokenizer.Encode(bytes, _tokens);
        }
        else
        {
            vocabulary.EncodeLongest(bytes, _tokens);
        }

        if (!matcher.ForcedToTheEnd && vocabulary.Trie.HasLonger(vocabulary.BytesOf(_tokens[^1])))
        {
            _tokens.RemoveAt(_tokens.Count - 1);
        }

        foreach (int token in _tokens)
        {
            if (!matcher.TryAcceptToken(token))
            {
                throw new InvalidOperationException($"forced token {token} is refused by its own grammar");
            }
        }

        taken.AddRange(_tokens);
        return _tokens.Count > 0;
    }
}
