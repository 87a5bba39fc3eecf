using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>Q8_0: blocks of 32 with a float16 scale and signed bytes. Widening is exact: 11 + 8 significant bits.</summary>
internal readonly unsafe struct Q8Element : IElement
{
    private const int BlockBytes = 34;

    public static nint BytesOf(nint elements) => elements / 32 * BlockBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(void* row, nint index)
        where TSimd : ISimd<TVector>
        where TVector : struct
    {
        byte* block = (byte*)row + ((index >>> 5) * BlockBytes);
        TVector scale = TSimd.Broadcast(HalfBits.ToSingle(*(ushort*)block));
        return TSimd.Multiply(scale, TSimd.LoadSBytes((sbyte*)block + sizeof(ushort) + (index & 31)));
    }

    public static float LoadOne(void* row, nint index)
    {
        byte* block = (byte*)row + ((index >>> 5) * BlockBytes);
        return HalfBits.ToSingle(*(ushort*)block) * ((sbyte*)block)[sizeof(ushort) + (index & 31)];
    }
}
