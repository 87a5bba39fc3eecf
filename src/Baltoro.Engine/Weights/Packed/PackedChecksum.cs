using System.Numerics;
using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Weights.Packed;

/// <summary>Checksums of a packed file against accidents; who can write into the folder can also write a sound file.</summary>
internal static unsafe class PackedChecksum
{
    /// <summary>CRC-32C of <paramref name="bytes"/> bytes, eight at a time, by the processor where it can.</summary>
    public static uint OfData(byte* data, long bytes)
    {
        uint crc = uint.MaxValue;
        byte* end = data + bytes;
        for (; end - data >= sizeof(ulong); data += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, Unsafe.ReadUnaligned<ulong>(data));
        }

        for (; data < end; data++)
        {
            crc = BitOperations.Crc32C(crc, *data);
        }

        return ~crc;
    }

    /// <summary>FNV-1a over the UTF-16 units of <paramref name="name"/>.</summary>
    public static ulong OfName(string name)
    {
        ulong hash = 14_695_981_039_346_656_037;
        foreach (char unit in name)
        {
            hash = unchecked((hash ^ unit) * 1_099_511_628_211);
        }

        return hash;
    }
}
