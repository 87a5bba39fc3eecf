using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Baltoro.Server.Files.Extraction;

/// <summary>
/// Bytes of a text file → text. A mark at the start decides; then UTF-8 when all of it is valid; then what the file says of itself;
/// then UTF-16 without a mark, when every second byte pattern says so; then Windows-1252, of which Latin-1 is a part. What
/// holds control characters in the last two is no text.
/// </summary>
internal static class TextBytes
{
    private const int Windows1252 = 1252;

    /// <summary>The text; a mark at the start is left out.</summary>
    /// <param name="declared">Name of an encoding that the file claims, or null.</param>
    /// <exception cref="ExtractionException">It is no text; the message says why.</exception>
    public static string Decode(ReadOnlySpan<byte> file, string? declared = null)
    {
        if (Marked(file) is { } marked)
        {
            return Strict(marked.Encoding, file[marked.MarkBytes..], $"it begins with the mark of {marked.Encoding.WebName} and is not valid in it");
        }

        Encoding? claimed = declared is null ? null : Claimed(declared);
        if (Utf8.IsValid(file) && !IsStateful(claimed))
        {
            return file.Contains((byte)0) ? Wide(file) : Encoding.UTF8.GetString(file);
        }

        if (claimed is not null)
        {
            return Strict(claimed, file, $"it says that it is {claimed.WebName} and is not valid in it");
        }

        return file.Contains((byte)0) ? Wide(file) : Western(file);
    }

    private static (Encoding Encoding, int MarkBytes)? Marked(ReadOnlySpan<byte> file) => file switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFF, 0xFE, 0, 0, ..] => (new UTF32Encoding(bigEndian: false, byteOrderMark: true), 4),
        [0, 0, 0xFE, 0xFF, ..] => (new UTF32Encoding(bigEndian: true, byteOrderMark: true), 4),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        _ => null,
    };

    /// <summary>An encoding by its name on the web, or null; Latin-1 and ASCII mean Windows-1252 there.</summary>
    private static Encoding? Claimed(string name) => name.ToLowerInvariant() switch
    {
        "utf-8" or "utf8" or "utf-7" or "utf-16" or "utf-16le" or "utf-16be" => null,
        "iso-8859-1" or "latin1" or "us-ascii" or "ascii" or "windows-1252" => null,
        string other => CodePagesEncodingProvider.Instance.GetEncoding(other),
    };

    /// <summary>Whether an encoding writes everything in ASCII's bytes, so that it is always valid UTF-8 too.</summary>
    private static bool IsStateful(Encoding? encoding) =>
        encoding is not null && (encoding.WebName.StartsWith("iso-2022", StringComparison.Ordinal) || encoding.WebName.StartsWith("hz-", StringComparison.Ordinal));

    private static string Strict(Encoding encoding, ReadOnlySpan<byte> file, string problem)
    {
        Encoding strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        try
        {
            return Checked(strict.GetString(file));
        }
        catch (DecoderFallbackException fault)
        {
            throw new ExtractionException($"it is not text: {problem}", fault);
        }
    }

    private static string Checked(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new ExtractionException("it is not text: it holds zero bytes") : text;

    /// <summary>UTF-16 without a mark: the zero bytes of its Latin letters are all on one side.</summary>
    private static string Wide(ReadOnlySpan<byte> file)
    {
        const string Problem = "it holds zero bytes";
        int even = 0;
        int odd = 0;
        for (int i = 0; i + 1 < file.Length; i += 2)
        {
            even += file[i] == 0 ? 1 : 0;
            odd += file[i + 1] == 0 ? 1 : 0;
        }

        bool isOneSided = (even == 0) != (odd == 0);
        if (file.Length % 2 != 0 || !isOneSided || Math.Max(even, odd) < file.Length / 8)
        {
            throw new ExtractionException($"it is not text: {Problem}");
        }

        for (int i = 0; i < file.Length; i += 2)
        {
            ushort unit = odd > 0 ? BinaryPrimitives.ReadUInt16LittleEndian(file[i..]) : BinaryPrimitives.ReadUInt16BigEndian(file[i..]);
            if (IsControl(unit))
            {
                throw new ExtractionException($"it is not text: {Problem}");
            }
        }

        return Strict(odd > 0 ? Encoding.Unicode : Encoding.BigEndianUnicode, file, Problem);
    }

    private static string Western(ReadOnlySpan<byte> file)
    {
        for (int i = 0; i < file.Length; i++)
        {
            if (IsControl(file[i]) || file[i] is 0x81 or 0x8D or 0x8F or 0x90 or 0x9D)
            {
                throw new ExtractionException(
                    $"it is not text: neither valid UTF-8, nor UTF-16, nor Windows-1252 (byte {i} is 0x{file[i]:X2})");
            }
        }

        Encoding western = CodePagesEncodingProvider.Instance.GetEncoding(Windows1252) ?? Encoding.Latin1;
        return western.GetString(file);
    }

    private static bool IsControl(int unit) => unit < 0x20 && unit is not ('\t' or '\n' or '\r' or '\f' or 0x1B);
}
