using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>float32 as stored.</summary>
internal readonly unsafe struct F32Element : IElement
{
    public static nint BytesOf(nint elements) => elements * sizeof(float);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(void* row, nint index)
        where TSimd : ISimd<TVector>
        where TVector : struct => TSimd.Load((float*)row + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float LoadOne(void* row, nint index) => ((float*)row)[index];
}
