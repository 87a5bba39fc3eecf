using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>
/// The first page of a packed file: magic, version, form, length of the file, place of the directory, the model's identity, and a SHA-256
/// over all of these and the directory.
/// </summary>
/// <param name="FormBits"><see cref="PackedKey.FormBits"/>.</param>
/// <param name="FileLength">Bytes of the whole file.</param>
/// <param name="DirectoryOffset">Where the entries start, behind all data.</param>
/// <param name="EntryCount">How many entries there are.</param>
/// <param name="Identity">32 bytes.</param>
internal sealed record PackedHeader(int FormBits, long FileLength, long DirectoryOffset, long EntryCount, byte[] Identity)
{
    /// <summary>Counted up whenever a byte of a packed file would come out differently for the same model and form.</summary>
    public const int Version = 1;

    /// <summary>Bytes between the starts of two matrices are a multiple of this.</summary>
    public const int Alignment = 64;

    /// <summary>Where data starts: behind the page of the header.</summary>
    public const int DataOffset = 4096;

    private const ulong Magic = 0x31_4B_43_50_4F_4C_41_42; // "BALOPCK1"
    private const int IdentityOffset = 40;
    private const int HashOffset = IdentityOffset + SHA256.HashSizeInBytes;
    private const int HeaderBytes = HashOffset + SHA256.HashSizeInBytes;

    /// <summary>Writes the header's bytes into <paramref name="page"/>, of <see cref="DataOffset"/> bytes.</summary>
    public void Write(Span<byte> page, ReadOnlySpan<PackedEntry> entries)
    {
        page.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(page, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(page[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(page[12..], FormBits);
        BinaryPrimitives.WriteInt64LittleEndian(page[16..], FileLength);
        BinaryPrimitives.WriteInt64LittleEndian(page[24..], DirectoryOffset);
        BinaryPrimitives.WriteInt64LittleEndian(page[32..], EntryCount);
        Identity.CopyTo(page[IdentityOffset..]);
        HashOf(page, entries).CopyTo(page[HashOffset..]);
    }

    /// <summary>Reads and checks everything but the data of the file behind <paramref name="file"/>.</summary>
    /// <exception cref="PackedMismatchException">It is cut, damaged, or not the file of <paramref name="key"/>.</exception>
    public static (PackedHeader Header, PackedEntry[] Entries) Read(Stream file, PackedKey key)
    {
        byte[] page = new byte[DataOffset];
        Require(file.ReadAtLeast(page, page.Length, throwOnEndOfStream: false) == page.Length, $"it has {file.Length} bytes");
        Require(BinaryPrimitives.ReadUInt64LittleEndian(page) == Magic, "it does not start like one");
        int version = BinaryPrimitives.ReadInt32LittleEndian(page.AsSpan(8));
        Require(version == Version, $"it is of version {version}, not {Version}");
        PackedHeader header = new(
            BinaryPrimitives.ReadInt32LittleEndian(page.AsSpan(12)),
            BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(16)),
            BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(24)),
            BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(32)),
            page[IdentityOffset..HashOffset]);
        Require(header.FileLength == file.Length, $"it has {file.Length} bytes, its header says {header.FileLength}");
        Require(header.FormBits == key.FormBits && header.Identity.AsSpan().SequenceEqual(key.Identity), "it is of another model or form");
        long room = (header.FileLength - header.DirectoryOffset) / Marshal.SizeOf<PackedEntry>();
        Require(header.DirectoryOffset >= DataOffset && header.EntryCount >= 0 && header.EntryCount == room, "its directory is not where the header says");
        PackedEntry[] entries = new PackedEntry[header.EntryCount];
        file.Position = header.DirectoryOffset;
        file.ReadExactly(MemoryMarshal.AsBytes(entries.AsSpan()));
        Require(HashOf(page, entries).AsSpan().SequenceEqual(page.AsSpan(HashOffset, SHA256.HashSizeInBytes)), "the checksum of header and directory is wrong");
        foreach (PackedEntry entry in entries)
        {
            string? problem = entry.FindProblem(header.DirectoryOffset);
            Require(problem is null, $"its directory holds {problem}");
        }

        return (header, entries);
    }

    private static byte[] HashOf(ReadOnlySpan<byte> page, ReadOnlySpan<PackedEntry> entries)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(page[..HashOffset]);
        hash.AppendData(page[HeaderBytes..DataOffset]);
        hash.AppendData(MemoryMarshal.AsBytes(entries));
        return hash.GetHashAndReset();
    }

    private static void Require(bool condition, string found)
    {
        if (!condition)
        {
            throw new PackedMismatchException(found);
        }
    }
}
