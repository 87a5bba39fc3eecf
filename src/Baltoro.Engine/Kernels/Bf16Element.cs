using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>bfloat16: the upper half of a float32; widening is exact.</summary>
internal readonly unsafe struct Bf16Element : IElement
{
    public static nint BytesOf(nint elements) => elements * sizeof(ushort);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(void* row, nint index)
        where TSimd : ISimd<TVector>
        where TVector : struct => TSimd.LoadBf16((ushort*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(void* row, nint index) => BitConverter.Int32BitsToSingle(((ushort*)row)[index] << 16);
}
