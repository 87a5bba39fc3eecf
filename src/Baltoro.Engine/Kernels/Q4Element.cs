using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Q4_0: blocks of 32 with a float16 scale and 4-bit codes (value + 8), elements 0…15 in the low nibbles of 16 bytes and
/// 16…31 in the high ones. Widening is exact.
/// </summary>
internal readonly unsafe struct Q4Element : IElement
{
    private const int BlockBytes = 18;

    public static nint BytesOf(nint elements) => elements / 32 * BlockBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(void* row, nint index)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        byte* block = (byte*)row + ((index >>> 5) * BlockBytes);
        TVector scale = TSimd.Broadcast(HalfBits.ToSingle(*(ushort*)block));
        return TSimd.Multiply(scale, TSimd.LoadNibbles(block + sizeof(ushort) + (index & 15), (int)(index & 16) >> 2));
    }

    public static float LoadOne(void* row, nint index)
    {
        byte* block = (byte*)row + ((index >>> 5) * BlockBytes);
        int code = (block[sizeof(ushort) + (index & 15)] >> ((int)(index & 16) >> 2)) & 15;
        return HalfBits.ToSingle(*(ushort*)block) * (code - 8);
    }
}
