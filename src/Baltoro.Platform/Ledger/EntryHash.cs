using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Baltoro.Platform.Ledger;

/// <summary>
/// Hash of a ledger entry: SHA-256 over a version mark, then every field in order of declaration; texts as UTF-8 behind
/// a 32-bit length, numbers as 64-bit big-endian, the previous hash as its 32 bytes. It chains the entries of a book.
/// </summary>
public static class EntryHash
{
    private const string Version = "baltoro.ledger.1";

    /// <summary>The hash before the first entry.</summary>
    public static ReadOnlyMemory<byte> Origin { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Hash of <paramref name="entry"/>; its own <see cref="LedgerEntry.Hash"/> is not read.</summary>
    public static byte[] Of(LedgerEntry entry)
    {
        ArrayBufferWriter<byte> text = new(256);
        Write(text, Version);
        Write(text, entry.OrganizationId);
        Write(text, entry.Sequence);
        Write(text, (long)entry.Kind);
        Write(text, (long)entry.Debit);
        Write(text, (long)entry.Credit);
        Write(text, entry.Amount.NanoUsd);
        Write(text, entry.Released.NanoUsd);
        Write(text, entry.Period);
        Write(text, entry.AtMs);
        Write(text, entry.RequestId);
        Write(text, entry.Detail);
        text.Write(entry.PreviousHash.Span);
        return SHA256.HashData(text.WrittenSpan);
    }

    private static void Write(ArrayBufferWriter<byte> target, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(target.GetSpan(sizeof(long)), value);
        target.Advance(sizeof(long));
    }

    private static void Write(ArrayBufferWriter<byte> target, string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        Span<byte> span = target.GetSpan(sizeof(int) + bytes);
        BinaryPrimitives.WriteInt32BigEndian(span, bytes);
        Encoding.UTF8.GetBytes(value, span[sizeof(int)..]);
        target.Advance(sizeof(int) + bytes);
    }
}
