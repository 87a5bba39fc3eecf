using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// A vector width that the generic kernels are compiled for. Every method is one or a few instructions and is inlined;
/// pointers need no alignment, callers guarantee <see cref="Lanes"/> readable (writable) elements.
/// </summary>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>float32 values per vector.</summary>
    static abstract int Lanes { get; }

    static abstract TVector Zero { get; }

    static abstract TVector Broadcast(float value);

    static abstract TVector Load(float* source);

    /// <summary>Loads bfloat16 values and widens them exactly (bits shifted into the upper half of a float32).</summary>
    static abstract TVector LoadBf16(ushort* source);

    /// <summary>Loads signed bytes and widens them.</summary>
    static abstract TVector LoadSBytes(sbyte* source);

    /// <summary>Loads bytes and widens four bits of each, from bit <paramref name="shift"/> (0 or 4) on, minus 8.</summary>
    static abstract TVector LoadNibbles(byte* source, int shift);

    static abstract void Store(TVector vector, float* destination);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    static abstract TVector Max(TVector left, TVector right);

    /// <summary>left · right + addend with one rounding.</summary>
    static abstract TVector Fma(TVector left, TVector right, TVector addend);

    static abstract TVector Exp(TVector vector);

    /// <summary>Swaps the two members of every pair of lanes: (a0, b0, a1, b1, …) to (b0, a0, b1, a1, …).</summary>
    static abstract TVector SwapPairs(TVector vector);

    /// <summary>Adds the upper half to the lower half until four lanes are left; a fixed tree.</summary>
    static abstract Vector128<float> Fold(TVector vector);

    /// <summary>The largest lane.</summary>
    static abstract float MaxLane(TVector vector);
}
