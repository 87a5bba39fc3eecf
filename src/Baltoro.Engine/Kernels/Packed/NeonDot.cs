using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Baltoro.Engine.Kernels;

/// <summary>Arm64 with the dot product extension: sdot adds four products of signed bytes per 32-bit lane. Compiled, never run.</summary>
internal readonly unsafe struct NeonDot : IGroupDot
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot(TileFormat format, byte* group, QuantGroup* x, int* dots)
    {
        for (int quarter = 0; quarter < 4; quarter++)
        {
            byte* codes = group + (quarter * 16);
            Vector128<int> sum = format.Bits == 4 ? Four(codes, x) : Eight(codes, x);
            sum.Store(dots + (quarter * 4));
        }
    }

    private static Vector128<int> Four(byte* codes, QuantGroup* x)
    {
        Vector128<byte> half = Vector128.Create((byte)15);
        Vector128<int> sum = Vector128.Create(x->Offset4);
        int* words = (int*)x->Codes;
        for (int i = 0; i < 4; i++)
        {
            Vector128<byte> both = Vector128.Load(codes + (i * 64));
            sum = Dp.DotProduct(sum, (both & half).AsSByte(), Vector128.Create(words[i]).AsSByte());
            sum = Dp.DotProduct(sum, (both >>> 4).AsSByte(), Vector128.Create(words[4 + i]).AsSByte());
        }

        return sum;
    }

    private static Vector128<int> Eight(byte* codes, QuantGroup* x)
    {
        Vector128<byte> flip = Vector128.Create((byte)0x80);
        Vector128<int> sum = Vector128<int>.Zero;
        int* words = (int*)x->Codes;
        for (int i = 0; i < 8; i++)
        {
            Vector128<sbyte> code = (Vector128.Load(codes + (i * 64)) ^ flip).AsSByte();
            sum = Dp.DotProduct(sum, code, Vector128.Create(words[i]).AsSByte());
        }

        return sum;
    }
}
