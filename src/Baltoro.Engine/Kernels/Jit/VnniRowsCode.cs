using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// Emits the kernel for one tile of 16 outputs and 1 to 8 rows, which reads tiles as they are stored: for few rows, where
/// reading weights from memory is the limit. void f(VnniCall*), System V; clobbers all vector registers and k1.
/// <para>
/// rax weights, rdx byte offset into the rows, rcx its end. zmm0–7 float32 sums, zmm8–15 and zmm16–23 integer sums of one group
/// (two, so that 4-bit halves do not wait for each other), zmm24–25 weights, zmm26 scales, zmm27–30 scale products, zmm31 the
/// mask of a half byte. Integers are exact; per group and row: sum = fma(dot, scale · scale, sum).
/// </para>
/// </summary>
internal static class VnniRowsCode
{
    private const int FirstDot = 8;
    private const int SecondDot = 16;

    /// <summary>With so many rows the arithmetic of a group takes longer than the processor looks ahead by itself.</summary>
    private const int PrefetchRows = 4;

    private const int PrefetchGroups = 6;

    public static Assembler Emit(TileFormat format, int rows)
    {
        Assembler code = new(64);
        Label groups = code.CreateLabel();
        VnniRegisters.Enter(code, rows);
        if (format.Bits == 4)
        {
            code.mov(eax, 0x0F0F0F0F);
            code.vpbroadcastd(zmm31, eax);
        }

        code.mov(rax, __qword_ptr[rdi + VnniCall.WeightsOffset]);
        code.mov(rcx, __qword_ptr[rdi + VnniCall.GroupBytesOffset]);
        code.kmovw(k1, __word_ptr[rdi + VnniCall.MaskOffset]);
        code.xor(edx, edx);
        for (int row = 0; row < rows; row++)
        {
            AssemblerRegisterZMM sum = VnniRegisters.Vector(row);
            code.vpxord(sum, sum, sum);
        }

        code.Label(ref groups);
        Group(code, format, rows);
        code.add(rax, format.GroupBytes);
        code.add(rdx, QuantGroup.ByteCount);
        code.cmp(rdx, rcx);
        code.jne(groups);
        for (int row = 0; row < rows; row++)
        {
            code.mov(rax, __qword_ptr[rdi + VnniCall.OutputsOffset + (row * sizeof(long))]);
            code.vmovups(__zmmword_ptr[rax].k1, VnniRegisters.Vector(row));
        }

        VnniRegisters.Leave(code, rows);
        code.vzeroupper();
        code.ret();
        return code;
    }

    private static void Group(Assembler code, TileFormat format, int rows)
    {
        int offset = format.Bits == 4 ? QuantGroup.Offset4Offset : QuantGroup.Offset8Offset;
        for (int row = 0; row < rows; row++)
        {
            AssemblerRegisterZMM second = VnniRegisters.Vector(SecondDot + row);
            code.vpbroadcastd(VnniRegisters.Vector(FirstDot + row), __dword_ptr[VnniRegisters.Row(row) + rdx + offset]);
            code.vpxord(second, second, second);
        }

        for (int i = 0; i < format.CodeBytes / 64; i++)
        {
            code.vmovdqu32(zmm24, __zmmword_ptr[rax + (i * 64)]);
            if (rows >= PrefetchRows)
            {
                code.prefetcht0(__byte_ptr[rax + (PrefetchGroups * format.GroupBytes) + (i * 64)]);
            }

            if (format.Bits == 4)
            {
                code.vpsrlw(zmm25, zmm24, 4);
                code.vpandd(zmm24, zmm24, zmm31);
                code.vpandd(zmm25, zmm25, zmm31);
                Dots(code, rows, FirstDot, zmm24, i * 4);
                Dots(code, rows, SecondDot, zmm25, 16 + (i * 4));
            }
            else
            {
                Dots(code, rows, i % 2 == 0 ? FirstDot : SecondDot, zmm24, i * 4);
            }
        }

        code.vcvtph2ps(zmm26, __ymmword_ptr[rax + format.CodeBytes]);
        for (int row = 0; row < rows; row++)
        {
            AssemblerRegisterZMM dot = VnniRegisters.Vector(FirstDot + row);
            AssemblerRegisterZMM scale = VnniRegisters.Vector(27 + (row % 4));
            code.vpaddd(dot, dot, VnniRegisters.Vector(SecondDot + row));
            code.vcvtdq2ps(dot, dot);
            code.vmulps(scale, zmm26, __dword_bcst[VnniRegisters.Row(row) + rdx + QuantGroup.ScaleOffset]);
            code.vfmadd231ps(VnniRegisters.Vector(row), dot, scale);
        }
    }

    private static void Dots(Assembler code, int rows, int first, AssemblerRegisterZMM weights, int column)
    {
        for (int row = 0; row < rows; row++)
        {
            code.vpdpbusd(VnniRegisters.Vector(first + row), weights, __dword_bcst[VnniRegisters.Row(row) + rdx + column]);
        }
    }
}
