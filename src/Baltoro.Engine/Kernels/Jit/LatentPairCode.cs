using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// Emits the rounding of two cached rows (<see cref="LatentPairArgs"/>). void f(LatentPairArgs*), System V; clobbers zmm0–4.
/// rsi, rdx rows; r8, r9 keys; r10 values, r11 panel bytes; rcx columns left;
/// zmm0–4 rounded and joined.
/// Subnormal numbers become zero.
/// </summary>
internal static class LatentPairCode
{
    public static Assembler Emit()
    {
        Assembler code = new(64);
        Label latent = code.CreateLabel();
        Label rope = code.CreateLabel();
        Label end = code.CreateLabel();
        code.mov(rsi, __qword_ptr[rdi + LatentPairArgs.FirstOffset]);
        code.mov(rdx, __qword_ptr[rdi + LatentPairArgs.SecondOffset]);
        code.mov(r8, __qword_ptr[rdi + LatentPairArgs.FirstKeyOffset]);
        code.mov(r9, __qword_ptr[rdi + LatentPairArgs.SecondKeyOffset]);
        code.mov(r10, __qword_ptr[rdi + LatentPairArgs.ValuesOffset]);
        code.mov(r11, __qword_ptr[rdi + LatentPairArgs.PanelBytesOffset]);
        code.mov(rcx, __qword_ptr[rdi + LatentPairArgs.RankOffset]);
        code.Label(ref latent);
        Round(code, zmm0, rsi);
        Round(code, zmm1, rdx);
        code.vmovups(__zmmword_ptr[r8], zmm0);
        code.vmovups(__zmmword_ptr[r9], zmm1);

        // Words 0–15 and 16–31 of both rows side by side: widened to 32 bits, the second row's moved to the upper half.
        for (int half = 0; half < 2; half++)
        {
            if (half == 1)
            {
                code.vextracti64x4(ymm0, zmm0, 1);
                code.vextracti64x4(ymm1, zmm1, 1);
            }

            code.vpmovzxwd(zmm2, ymm0);
            code.vpmovzxwd(zmm3, ymm1);
            code.vpslld(zmm3, zmm3, 16);
            code.vpord(zmm2, zmm2, zmm3);
            code.vmovups(__zmmword_ptr[r10], zmm2);
            code.add(r10, r11);
        }

        code.add(rsi, 128);
        code.add(rdx, 128);
        code.add(r8, 64);
        code.add(r9, 64);
        code.sub(rcx, LatentPairArgs.RankGranule);
        code.jne(latent);
        code.mov(rcx, __qword_ptr[rdi + LatentPairArgs.RopeOffset]);
        code.Label(ref rope);
        code.test(rcx, rcx);
        code.je(end);
        code.vcvtneps2bf16(ymm0, __zmmword_ptr[rsi]);
        code.vcvtneps2bf16(ymm1, __zmmword_ptr[rdx]);
        code.vmovups(__ymmword_ptr[r8], ymm0);
        code.vmovups(__ymmword_ptr[r9], ymm1);
        code.add(rsi, 64);
        code.add(rdx, 64);
        code.add(r8, 32);
        code.add(r9, 32);
        code.sub(rcx, LatentPairArgs.RopeGranule);
        code.jmp(rope);
        code.Label(ref end);
        code.vzeroupper();
        code.ret();
        return code;
    }

    /// <summary>32 values from <paramref name="row"/> on.</summary>
    private static void Round(Assembler code, AssemblerRegisterZMM to, AssemblerRegister64 row)
    {
        code.vmovups(zmm4, __zmmword_ptr[row + 64]);
        code.vcvtne2ps2bf16(to, zmm4, __zmmword_ptr[row]);
    }
}
