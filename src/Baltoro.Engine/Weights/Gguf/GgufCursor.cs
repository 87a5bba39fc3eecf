using System.Buffers.Binary;
using System.Text;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// Reads the primitive values of a GGUF header. Nothing is allocated before the bytes that fill it are known to be in the
/// file and within <see cref="MaxHeaderBytes"/>.
/// </summary>
internal sealed class GgufCursor
{
    /// <summary>Largest header accepted; a vocabulary of 163,840 with its merges takes about 8 MB.</summary>
    public const long MaxHeaderBytes = 128L << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _stream;
    private readonly string _path;

    public GgufCursor(Stream stream, string path)
    {
        _stream = stream;
        _path = path;
        FileBytes = stream.Length;
    }

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    public long FileBytes { get; }

    /// <summary>Bytes that the header may still take.</summary>
    public long Remaining => Math.Min(FileBytes, MaxHeaderBytes) - Position;

    public byte ReadByte(string field)
    {
        Span<byte> bytes = stackalloc byte[1];
        Fill(bytes, field);
        return bytes[0];
    }

    public ushort ReadUInt16(string field)
    {
        Span<byte> bytes = stackalloc byte[2];
        Fill(bytes, field);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint ReadUInt32(string field)
    {
        Span<byte> bytes = stackalloc byte[4];
        Fill(bytes, field);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong ReadUInt64(string field)
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes, field);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A count of at most <paramref name="limit"/> things that take at least <paramref name="leastBytes"/> bytes each.</summary>
    public int ReadCount(string field, int leastBytes, int limit = int.MaxValue)
    {
        long start = Position;
        ulong count = ReadUInt64(field);
        long most = Math.Min(Remaining / leastBytes, limit);
        return count <= (ulong)most
            ? (int)count
            : throw new ModelFormatException(_path, field, start, $"at most {most}, by limit and bytes left", $"{count}");
    }

    /// <summary>A length-prefixed UTF-8 string of at most <paramref name="mostBytes"/> bytes.</summary>
    public string ReadText(string field, long mostBytes = MaxHeaderBytes)
    {
        long start = Position;
        ulong length = ReadUInt64(field);
        long most = Math.Min(Remaining, mostBytes);
        if (length > (ulong)most)
        {
            throw new ModelFormatException(_path, field, start, $"a string of at most {most} bytes", $"{length} bytes");
        }

        byte[] bytes = new byte[length];
        Fill(bytes, field);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            throw new ModelFormatException(_path, field, start + sizeof(ulong), "UTF-8", "bytes that are not", exception);
        }
    }

    /// <summary>The next <paramref name="count"/> bytes, known to fit by <see cref="ReadCount"/>.</summary>
    public byte[] ReadBytes(string field, long count)
    {
        byte[] bytes = new byte[Math.Min(count, Remaining + 1)];
        Fill(bytes, field);
        return bytes;
    }

    private void Fill(Span<byte> bytes, string field)
    {
        if (bytes.Length > Remaining || _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            string found = FileBytes > MaxHeaderBytes
                ? $"the limit of {MaxHeaderBytes} bytes for a header"
                : $"{Remaining} bytes left in the file";
            throw new ModelFormatException(_path, field, Position, $"{bytes.Length} bytes", found);
        }

        Position += bytes.Length;
    }
}
