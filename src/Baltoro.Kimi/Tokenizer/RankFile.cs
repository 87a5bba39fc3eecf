using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>Reads <c>tiktoken.model</c>: one token a line, base64 of its bytes, a space, its rank; ranks count up from 0.</summary>
internal static class RankFile
{
    /// <exception cref="TokenizerFormatException">The file is missing, garbled, has equal tokens or lacks a single byte.</exception>
    public static TokenTable Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new TokenizerFormatException(path, null, "a token file", "no file");
        }

        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        ArrayBufferWriter<byte> bytes = new(file.Length);
        List<int> starts = [0];
        int position = 0;
        while (position < file.Length)
        {
            int length = file[position..].IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? file[position..] : file.Slice(position, length);
            position += line.Length + 1;
            ReadLine(path, line, starts.Count - 1, bytes);
            starts.Add(bytes.WrittenCount);
        }

        TokenTable table = new(bytes.WrittenSpan.ToArray(), [.. starts]);
        Check(path, table);
        return table;
    }

    private static void ReadLine(string path, ReadOnlySpan<byte> line, int rank, ArrayBufferWriter<byte> bytes)
    {
        int lineNumber = rank + 1;
        int space = line.IndexOf((byte)' ');
        if (space <= 0)
        {
            throw new TokenizerFormatException(path, lineNumber, "base64 bytes, a space and a rank", Quote(line));
        }

        ReadOnlySpan<byte> digits = line[(space + 1)..];
        if (!Utf8Parser.TryParse(digits, out int found, out int consumed) || consumed != digits.Length || found != rank)
        {
            throw new TokenizerFormatException(path, lineNumber, $"rank {rank.ToString(CultureInfo.InvariantCulture)}", Quote(digits));
        }

        Span<byte> target = bytes.GetSpan(space);
        OperationStatus status = Base64.DecodeFromUtf8(line[..space], target, out _, out int written);
        if (status != OperationStatus.Done || written == 0)
        {
            throw new TokenizerFormatException(path, lineNumber, "the base64 of at least one byte", Quote(line[..space]));
        }

        bytes.Advance(written);
    }

    /// <summary>All tokens differ, and each single byte is one.</summary>
    /// <exception cref="TokenizerFormatException">They do not.</exception>
    public static void Check(string path, TokenTable table)
    {
        if (table.DuplicateRank is (int rank, int earlier))
        {
            throw new TokenizerFormatException(path, rank + 1, "a token of its own", $"the bytes of rank {earlier}");
        }

        for (int value = 0; value < 256; value++)
        {
            if (table.Count == 0 || table.Find([(byte)value]) < 0)
            {
                throw new TokenizerFormatException(path, null, "a token for each single byte", $"none for 0x{value:X2}");
            }
        }
    }

    private static string Quote(ReadOnlySpan<byte> text) =>
        $"'{Encoding.UTF8.GetString(text.Length > 60 ? text[..60] : text)}{(text.Length > 60 ? "…" : "")}'";
}
