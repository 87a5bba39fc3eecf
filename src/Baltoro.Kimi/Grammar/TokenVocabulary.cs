using Baltoro.Kimi.Grammar.Patterns;
using Baltoro.Kimi.Grammar.Tokens;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Grammar;

/// <summary>
/// A tokenizer's vocabulary prepared for masks: one tree of all tokens, one of those that are not plain text, and masks of
/// plain tokens by length. Built once per tokenizer; safe for any number of threads. Keeps a bounded number of masks of
/// string states (about 20 KB each for 163,840 tokens).
/// </summary>
public sealed class TokenVocabulary
{
    private const int SlicedLengths = 32;
    private const int CommonMasks = 512;
    private const int OtherMasks = 1_536;
    private readonly ReadOnlyMemory<byte>[] _tokens;
    private readonly ulong[][] _plainUpTo = new ulong[SlicedLengths][];
    private readonly ulong[] _plain;
    private readonly ulong[] _ordinary;
    private readonly (int Length, int TokenId)[] _longPlain;
    private readonly StringMaskCache _commonMasks;
    private readonly StringMaskCache _otherMasks;

    /// <param name="tokenBytes">Bytes of each token id; empty for ids without text.</param>
    /// <param name="neverAllowed">Ids a constraint never allows, whatever their bytes (special tokens).</param>
    public TokenVocabulary(IReadOnlyList<ReadOnlyMemory<byte>> tokenBytes, IReadOnlySet<int> neverAllowed)
    {
        _tokens = [.. tokenBytes];
        Size = _tokens.Length;
        WordCount = (Size + 63) / 64;
        List<(ReadOnlyMemory<byte> Bytes, int TokenId)> allowed = [];
        List<(ReadOnlyMemory<byte> Bytes, int TokenId)> rough = [];
        List<(int Length, int TokenId)> plain = [];
        for (int id = 0; id < Size; id++)
        {
            if (_tokens[id].IsEmpty || neverAllowed.Contains(id))
            {
                continue;
            }

            allowed.Add((_tokens[id], id));
            int length = TokenText.PlainLength(_tokens[id].Span);
            if (length < 0)
            {
                rough.Add((_tokens[id], id));
            }
            else
            {
                plain.Add((length, id));
            }
        }

        _commonMasks = new StringMaskCache(this, CommonMasks);
        _otherMasks = new StringMaskCache(this, OtherMasks);
        Trie = TokenTrie.Build(allowed);
        RoughTrie = TokenTrie.Build(rough);
        MaxPlainLength = plain.Count == 0 ? 0 : plain.Max(token => token.Length);
        _longPlain = [.. plain.Where(token => token.Length >= SlicedLengths).OrderByDescending(token => token.Length)];
        _plain = MaskOf(plain);
        _ordinary = MaskOf(allowed.Select(token => (0, token.TokenId)));
        for (int length = 0; length < SlicedLengths; length++)
        {
            _plainUpTo[length] = MaskOf(plain.Where(token => token.Length <= length));
        }
    }

    /// <summary>The vocabulary of <paramref name="tokenizer"/>; special tokens are never text.</summary>
    public static TokenVocabulary FromTokenizer(KimiTokenizer tokenizer)
    {
        var tokens = new ReadOnlyMemory<byte>[tokenizer.VocabularySize];
        for (int id = 0; id < tokenizer.RankCount; id++)
        {
            tokens[id] = tokenizer.TokenBytes(id);
        }

        return new TokenVocabulary(tokens, new HashSet<int>());
    }

    /// <summary>Number of token ids.</summary>
    public int Size { get; }

    /// <summary>Words of 64 bits a mask has.</summary>
    public int WordCount { get; }

    /// <summary>Bytes of token <paramref name="id"/>.</summary>
    public ReadOnlySpan<byte> BytesOf(int id) => (uint)id < (uint)Size ? _tokens[id].Span : default;

    /// <summary>Cuts <paramref name="text"/> into tokens, each the longest that fits: the text is unchanged, the cut need not be the tokenizer's own.</summary>
    /// <exception cref="InvalidOperationException">No token begins with one of the bytes.</exception>
    public void EncodeLongest(ReadOnlySpan<byte> text, List<int> tokens)
    {
        while (!text.IsEmpty)
        {
            (int token, int length) = Trie.Longest(text);
            if (token < 0)
            {
                throw new InvalidOperationException($"no token begins with byte {text[0]}");
            }

            tokens.Add(token);
            text = text[length..];
        }
    }

    internal ReadOnlyMemory<byte> TokenMemory(int id) => _tokens[id];

    internal TokenTrie Trie { get; }

    /// <summary>Tokens with quotes, backslashes, control characters or parts of a code point.</summary>
    internal TokenTrie RoughTrie { get; }

    /// <summary>Code points of the longest plain token.</summary>
    internal int MaxPlainLength { get; }

    /// <summary>Masks of <paramref name="dfa"/>'s states; those that all grammars share are not crowded out by patterns.</summary>
    internal StringMaskCache MasksOf(StringDfa dfa) =>
        ReferenceEquals(dfa, StringAutomata.AnySpelling) || ReferenceEquals(dfa, StringAutomata.AnyCanonical) ? _commonMasks : _otherMasks;

    /// <summary>Writes all tokens that are text to <paramref name="mask"/>.</summary>
    internal void CopyOrdinary(Span<ulong> mask) => _ordinary.CopyTo(mask);

    /// <summary>Writes the plain tokens of at most <paramref name="maxLength"/> code points to <paramref name="mask"/>.</summary>
    internal void CopyPlain(long maxLength, Span<ulong> mask)
    {
        if (maxLength < SlicedLengths)
        {
            _plainUpTo[maxLength].CopyTo(mask);
            return;
        }

        _plain.CopyTo(mask);
        foreach ((int length, int tokenId) in _longPlain)
        {
            if (length <= maxLength)
            {
                break;
            }

            mask[tokenId >> 6] &= ~(1UL << tokenId);
        }
    }

    private ulong[] MaskOf(IEnumerable<(int Length, int TokenId)> tokens)
    {
        var mask = new ulong[WordCount];
        foreach ((_, int tokenId) in tokens)
        {
            mask[tokenId >> 6] |= 1UL << tokenId;
        }

        return mask;
    }
}
