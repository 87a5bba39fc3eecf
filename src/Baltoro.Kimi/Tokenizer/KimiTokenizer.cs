using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// Kimi's byte-level BPE tokenizer. Encoding never yields a special id: text that spells <c>&lt;|im_end|&gt;</c> is
/// ordinary text. Broken input is read as the official implementation reads it: a lone surrogate, or an invalid byte
/// sequence, counts as U+FFFD; such text therefore does not survive a round trip. Immutable, safe for concurrent use.
/// </summary>
public sealed class KimiTokenizer
{
    private readonly TokenTable _table;
    private readonly string[] _specialNames;
    private readonly byte[][] _specialBytes;

    private KimiTokenizer(TokenTable table, string[] specialNames, SpecialTokens special)
    {
        _table = table;
        _specialNames = specialNames;
        _specialBytes = [.. specialNames.Select(Encoding.UTF8.GetBytes)];
        Special = special;
    }

    /// <summary>Ids of the special tokens.</summary>
    public SpecialTokens Special { get; }

    /// <summary>Number of ordinary tokens; the first special id.</summary>
    public int RankCount => _table.Count;

    /// <summary>All ids, special and reserved ones included.</summary>
    public int VocabularySize => _table.Count + _specialNames.Length;

    /// <summary>Reads <c>tiktoken.model</c> and <c>tokenizer_config.json</c> in <paramref name="directory"/>.</summary>
    /// <exception cref="TokenizerFormatException">A file is missing or garbled; the message names path, line, expected and found.</exception>
    public static KimiTokenizer Load(string directory)
    {
        TokenTable table = RankFile.Read(Path.Combine(directory, "tiktoken.model"));
        string configPath = Path.Combine(directory, "tokenizer_config.json");
        string[] names = SpecialTokenFile.ReadNames(configPath, table.Count);
        return new KimiTokenizer(table, names, SpecialTokenFile.Resolve(configPath, names, table.Count));
    }

    /// <summary>
    /// The tokenizer of a vocabulary that came with the weights. The merge order is that of the ranks, as in the reference
    /// implementation. <paramref name="source"/> is what messages name, a file as a rule.
    /// </summary>
    /// <exception cref="TokenizerFormatException">It is not one of Kimi's layout, or lacks a special token.</exception>
    public static KimiTokenizer FromVocabulary(string source, ByteLevelVocabulary vocabulary)
    {
        (TokenTable table, string[] names) = VocabularyReader.Read(source, vocabulary);
        return new KimiTokenizer(table, names, SpecialTokenFile.Resolve(source, names, table.Count));
    }

    /// <summary>This tokenizer as a vocabulary that can travel with weights.</summary>
    public ByteLevelVocabulary ToVocabulary() => VocabularyWriter.Write(_table, _specialNames);

    /// <summary>Ids of <paramref name="text"/>.</summary>
    public int[] Encode(ReadOnlySpan<char> text)
    {
        List<int> ids = new((text.Length / 4) + 4);
        Encode(text, ids);
        return [.. ids];
    }

    /// <summary>Ids of UTF-8 text.</summary>
    public int[] Encode(ReadOnlySpan<byte> utf8)
    {
        List<int> ids = new((utf8.Length / 4) + 4);
        Encode(utf8, ids);
        return [.. ids];
    }

    /// <summary>Appends the ids of <paramref name="text"/>; returns how many.</summary>
    public int Encode(ReadOnlySpan<char> text, List<int> ids) => EncodeChars(text, ids);

    /// <summary>Appends the ids of UTF-8 text; returns how many.</summary>
    public int Encode(ReadOnlySpan<byte> utf8, List<int> ids) =>
        Utf8.IsValid(utf8) ? EncodeValid(utf8, ids) : EncodeChars(Encoding.UTF8.GetString(utf8), ids);

    /// <summary>Number of ids of <paramref name="text"/>, without keeping them.</summary>
    public int CountTokens(ReadOnlySpan<char> text) => EncodeChars(text, null);

    /// <summary>Text of <paramref name="ids"/>; special ids print by name, bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        ArrayBufferWriter<byte> bytes = new(Math.Max(16, ids.Length * 4));
        foreach (int id in ids)
        {
            bytes.Write(TokenBytes(id).Span);
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Bytes of one token; may be a part of a UTF-8 character. A special token gives its name.</summary>
    public ReadOnlyMemory<byte> TokenBytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        return id < _table.Count ? _table.MemoryOf(id) : _specialBytes[id - _table.Count];
    }

    /// <summary>Whether <paramref name="id"/> is a special or reserved token.</summary>
    public bool IsSpecial(int id) => id >= _table.Count && id < VocabularySize;

    private int EncodeChars(ReadOnlySpan<char> text, List<int>? ids)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(checked(text.Length * 3));
        Utf8.FromUtf16(text, buffer, out _, out int written, replaceInvalidSequences: true, isFinalBlock: true);
        int count = EncodeValid(buffer.AsSpan(0, written), ids);
        ArrayPool<byte>.Shared.Return(buffer);
        return count;
    }

    private int EncodeValid(ReadOnlySpan<byte> text, List<int>? ids)
    {
        if (text.Length <= RunCutter.MaxRunChars)
        {
            return EncodeStretch(text, ids);
        }

        int count = 0;
        int stretchChars = 0;
        for (int start = 0; start < text.Length;)
        {
            int cut = RunCutter.NextCut(text, start, ref stretchChars);
            count += EncodeStretch(text[start..cut], ids);
            start = cut;
        }

        return count;
    }

    private int EncodeStretch(ReadOnlySpan<byte> text, List<int>? ids)
    {
        int count = 0;
        for (int start = 0; start < text.Length;)
        {
            int end = PieceScanner.PieceEnd(text, start);
            ReadOnlySpan<byte> piece = text[start..end];
            int whole = _table.Find(piece);
            if (whole >= 0)
            {
                ids?.Add(whole);
                count++;
            }
            else
            {
                count += PairMerger.Merge(_table, piece, ids);
            }

            start = end;
        }

        return count;
    }
}
