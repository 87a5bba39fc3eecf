using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>Widening of float16 scales inside kernels, without a call.</summary>
internal static class HalfBits
{
    /// <summary>
    /// The float32 of the float16 <paramref name="bits"/>, exact for every finite one: exponent and fraction move into place
    /// and 2^112 makes up for the difference of the biases (127 − 15), subnormals included. Infinity and NaN, which no
    /// quantizer writes, become numbers of 65,536 and above.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits)
    {
        float magnitude = BitConverter.Int32BitsToSingle((bits & 0x7FFF) << 13) * 5.192296858534828e33f;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(magnitude) | ((bits & 0x8000) << 16));
    }
}
