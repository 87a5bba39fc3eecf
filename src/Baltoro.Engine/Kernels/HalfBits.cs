using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>Widening of float16 scales inside kernels, without a call.</summary>
internal static class HalfBits
{
    /// <summary>
    /// The float32 of the float16 <paramref name="bits"/>, exact for every finite one: sign, exponent and fraction move into
    /// place and 2^112 makes up for the difference of the biases (127 − 15), subnormals included. Infinity and NaN, which no
    /// quantizer writes, become numbers of magnitude 65,536 and above.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ToSingle(ushort bits) =>
        BitConverter.Int32BitsToSingle(((short)bits << 13) & unchecked((int)0x8FFFE000)) * 5.192296858534828e33f;
}
