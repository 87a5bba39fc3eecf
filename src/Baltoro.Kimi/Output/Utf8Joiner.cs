using System.Text;
using System.Text.Unicode;

namespace Baltoro.Kimi.Output;

/// <summary>
/// Joins the bytes of tokens to text without ever splitting a character: bytes of an unfinished character wait for the
/// rest. What is not UTF-8 becomes U+FFFD, exactly as when the whole were decoded at once. One stream, one thread.
/// </summary>
public sealed class Utf8Joiner
{
    private const int MaxPendingBytes = 3;
    private const int StackBytes = 512;

    private readonly byte[] _pending = new byte[MaxPendingBytes];

    /// <summary>Bytes of a character that is not complete yet.</summary>
    public int PendingBytes { get; private set; }

    /// <summary>Appends the characters that <paramref name="bytes"/> complete.</summary>
    public void Push(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        while (bytes.Length > StackBytes)
        {
            PushShort(bytes[..StackBytes], text);
            bytes = bytes[StackBytes..];
        }

        PushShort(bytes, text);
    }

    /// <summary>Ends the stream: an unfinished character becomes U+FFFD.</summary>
    public void Flush(StringBuilder text)
    {
        if (PendingBytes > 0)
        {
            text.Append(Encoding.UTF8.GetString(_pending.AsSpan(0, PendingBytes)));
            PendingBytes = 0;
        }
    }

    private void PushShort(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        Span<byte> source = stackalloc byte[StackBytes + MaxPendingBytes];
        Span<char> characters = stackalloc char[StackBytes + MaxPendingBytes];
        _pending.AsSpan(0, PendingBytes).CopyTo(source);
        bytes.CopyTo(source[PendingBytes..]);
        source = source[..(PendingBytes + bytes.Length)];
        Utf8.ToUtf16(source, characters, out int read, out int written, replaceInvalidSequences: true, isFinalBlock: false);
        text.Append(characters[..written]);
        PendingBytes = source.Length - read;
        source[read..].CopyTo(_pending);
    }
}
