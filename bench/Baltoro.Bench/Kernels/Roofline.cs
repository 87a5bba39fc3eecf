using Baltoro.Engine.Kernels.Jit;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Baltoro.Bench.Kernels;

/// <summary>
/// What one core can do at most: independent multiply-adds in a loop, and reading memory that no cache holds. Emitted, so that
/// no compiler stands between. Needs AVX-512 VNNI and BF16.
/// </summary>
internal static unsafe class Roofline
{
    private const int Chains = 16;
    private const int Unroll = 4;
    private const long Turns = 100_000;

    private static readonly AssemblerRegisterZMM[] _sums =
        [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15];

    /// <summary>Billions of multiply-adds of bytes per second.</summary>
    public static double Int8() => Peak(64, (code, sum) => code.vpdpbusd(sum, zmm30, zmm31));

    /// <summary>Billions of multiply-adds of bfloat16 per second.</summary>
    public static double Bf16() => Peak(32, (code, sum) => code.vdpbf16ps(sum, zmm30, zmm31));

    /// <summary>Billions of multiply-adds of float32 per second.</summary>
    public static double Float32() => Peak(16, (code, sum) => code.vfmadd231ps(sum, zmm30, zmm31));

    /// <summary>Billions of bytes read per second from <paramref name="bytes"/> bytes of memory.</summary>
    public static double Read(byte* start, long bytes)
    {
        Assembler code = new(64);
        Label turn = code.CreateLabel();
        code.vpxord(zmm0, zmm0, zmm0);
        code.Label(ref turn);
        for (int i = 0; i < Chains; i++)
        {
            code.vpord(zmm0, zmm0, __zmmword_ptr[rdi + (i * 64)]);
        }

        code.add(rdi, Chains * 64);
        code.dec(rsi);
        code.jne(turn);
        code.vzeroupper();
        code.ret();
        var read = (delegate* unmanaged<byte*, long, void>)ExecutableCode.Build([code])[0];
        return bytes / ThreadClock.Measure(5, () => read(start, bytes / (Chains * 64))).Median / 1e9;
    }

    private static double Peak(int products, Action<Assembler, AssemblerRegisterZMM> multiply)
    {
        Assembler code = new(64);
        Label turn = code.CreateLabel();
        code.vpxord(zmm30, zmm30, zmm30);
        code.vpxord(zmm31, zmm31, zmm31);
        foreach (AssemblerRegisterZMM sum in _sums)
        {
            code.vpxord(sum, sum, sum);
        }

        code.Label(ref turn);
        for (int i = 0; i < Chains * Unroll; i++)
        {
            multiply(code, _sums[i % Chains]);
        }

        code.dec(rdi);
        code.jne(turn);
        code.vzeroupper();
        code.ret();
        var run = (delegate* unmanaged<long, void>)ExecutableCode.Build([code])[0];
        return Turns * Chains * Unroll * (double)products / ThreadClock.Measure(7, () => run(Turns)).Best / 1e9;
    }
}
