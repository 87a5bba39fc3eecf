using System.Buffers.Binary;
using System.Collections.Immutable;
using Baltoro.Platform.Limits;

namespace Baltoro.Storage.Sql;

/// <summary>Stored form of a sliding minute: three 64-bit little-endian numbers per slot.</summary>
internal static class SlotBlob
{
    private const int SlotBytes = 3 * sizeof(long);

    public static byte[] Write(ImmutableArray<WindowSlot> slots)
    {
        byte[] blob = new byte[slots.Length * SlotBytes];
        for (int index = 0; index < slots.Length; index++)
        {
            Span<byte> target = blob.AsSpan(index * SlotBytes, SlotBytes);
            BinaryPrimitives.WriteInt64LittleEndian(target, slots[index].AtMs);
            BinaryPrimitives.WriteInt64LittleEndian(target[8..], slots[index].Requests);
            BinaryPrimitives.WriteInt64LittleEndian(target[16..], slots[index].Tokens);
        }

        return blob;
    }

    public static ImmutableArray<WindowSlot> Read(ReadOnlySpan<byte> blob)
    {
        if (blob.Length % SlotBytes != 0)
        {
            throw new StorageException($"limit counters: found {blob.Length} bytes, expected a multiple of {SlotBytes}");
        }

        ImmutableArray<WindowSlot>.Builder slots = ImmutableArray.CreateBuilder<WindowSlot>(blob.Length / SlotBytes);
        for (int at = 0; at < blob.Length; at += SlotBytes)
        {
            slots.Add(new WindowSlot(
                BinaryPrimitives.ReadInt64LittleEndian(blob[at..]),
                BinaryPrimitives.ReadInt64LittleEndian(blob[(at + 8)..]),
                BinaryPrimitives.ReadInt64LittleEndian(blob[(at + 16)..])));
        }

        return slots.MoveToImmutable();
    }
}
