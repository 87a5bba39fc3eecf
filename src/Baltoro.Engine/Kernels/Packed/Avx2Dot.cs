using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// AVX2: vpmaddubsw adds two products of an unsigned and a signed byte in 16 bits. 4-bit codes (0…15) cannot overflow it, and
/// eight such sums still fit; 8-bit ones are multiplied as |code| · ±x, at most 128 · 127 · 2, and widened at once.
/// </summary>
internal readonly unsafe struct Avx2Dot : IGroupDot
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot(TileFormat format, byte* group, QuantGroup* x, int* dots)
    {
        if (format.Bits == 4)
        {
            Four(group, x, dots);
            Four(group + 32, x, dots + 8);
        }
        else
        {
            Eight(group, x, dots);
            Eight(group + 32, x, dots + 8);
        }
    }

    private static void Four(byte* codes, QuantGroup* x, int* dots)
    {
        Vector256<byte> half = Vector256.Create((byte)15);
        Vector256<short> sum = Vector256<short>.Zero;
        int* words = (int*)x->Codes;
        for (int i = 0; i < 4; i++)
        {
            Vector256<byte> both = Vector256.Load(codes + (i * 64));
            Vector256<byte> high = (both.AsUInt16() >>> 4).AsByte() & half;
            sum += Avx2.MultiplyAddAdjacent(both & half, Vector256.Create(words[i]).AsSByte());
            sum += Avx2.MultiplyAddAdjacent(high, Vector256.Create(words[4 + i]).AsSByte());
        }

        (Avx2.MultiplyAddAdjacent(sum, Vector256.Create((short)1)) + Vector256.Create(x->Offset4)).Store(dots);
    }

    private static void Eight(byte* codes, QuantGroup* x, int* dots)
    {
        Vector256<byte> flip = Vector256.Create((byte)0x80);
        Vector256<short> ones = Vector256.Create((short)1);
        Vector256<int> sum = Vector256<int>.Zero;
        int* words = (int*)x->Codes;
        for (int i = 0; i < 8; i++)
        {
            Vector256<sbyte> code = (Vector256.Load(codes + (i * 64)) ^ flip).AsSByte();
            Vector256<sbyte> signed = Avx2.Sign(Vector256.Create(words[i]).AsSByte(), code);
            sum += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(code), signed), ones);
        }

        sum.Store(dots);
    }
}
