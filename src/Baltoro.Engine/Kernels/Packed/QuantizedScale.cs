using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>The scale of a group of activations, the same in every variant.</summary>
internal static unsafe class QuantizedScale
{
    public const float LargestCode = 127;

    /// <summary>
    /// The factor from values to codes for a group whose largest magnitude is <paramref name="largest"/>; 0 where all codes have
    /// to be 0: no value differs from zero by a normal number, or one is not finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Inverse(float largest) =>
        float.IsFinite(largest) && largest >= LargestCode * 1.1754944e-38f ? LargestCode / largest : 0;

    /// <summary>Writes scale and offsets of a group whose codes sum to <paramref name="codeSum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(QuantGroup* group, float largest, int codeSum)
    {
        group->Scale = float.IsFinite(largest) ? largest / LargestCode : float.NaN;
        group->Offset4 = -8 * codeSum;
        group->Offset8 = -128 * codeSum;
        group->Unused = 0;
    }
}
