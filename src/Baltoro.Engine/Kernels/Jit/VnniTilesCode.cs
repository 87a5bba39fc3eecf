using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// Emits the kernel for two 8-bit tiles (32 outputs) and 1 to 6 rows: for many rows, where multiplying is the limit. 4-bit
/// tiles are brought into 8-bit form first (codes + 8, so their own offset). void f(VnniCall*), System V; clobbers all vector
/// registers, k1 and k2.
/// <para>
/// rax first tile, r12 second, rdx byte offset into the rows, rcx its end. zmm0–11 float32 sums, zmm12–23 integer sums of one
/// group, zmm24–25 weights, zmm26–27 scales, zmm28–31 activations and scale products. Same arithmetic as
/// <see cref="VnniRowsCode"/>, so the same bits.
/// </para>
/// </summary>
internal static class VnniTilesCode
{
    public const int MaxRows = 6;
    private const int FirstDot = 12;

    public static Assembler Emit(int offsetBits, int rows)
    {
        Assembler code = new(64);
        Label groups = code.CreateLabel();
        code.push(r12);
        VnniRegisters.Enter(code, rows);
        code.mov(rax, __qword_ptr[rdi + VnniCall.WeightsOffset]);
        code.mov(r12, __qword_ptr[rdi + VnniCall.TileBytesOffset]);
        code.add(r12, rax);
        code.mov(rcx, __qword_ptr[rdi + VnniCall.GroupBytesOffset]);
        code.kmovw(k1, __word_ptr[rdi + VnniCall.MaskOffset]);
        code.kmovw(k2, __word_ptr[rdi + VnniCall.SecondMaskOffset]);
        Begin(code, rows);
        code.xor(edx, edx);
        code.Label(ref groups);
        Group(code, offsetBits == 4 ? QuantGroup.Offset4Offset : QuantGroup.Offset8Offset, rows);
        code.add(rax, TileFormat.Eight.GroupBytes);
        code.add(r12, TileFormat.Eight.GroupBytes);
        code.add(rdx, QuantGroup.ByteCount);
        code.cmp(rdx, rcx);
        code.jne(groups);
        for (int row = 0; row < rows; row++)
        {
            code.mov(rax, __qword_ptr[rdi + VnniCall.OutputsOffset + (row * sizeof(long))]);
            code.vmovups(__zmmword_ptr[rax].k1, Sum(row, 0));
            code.vmovups(__zmmword_ptr[rax + 64].k2, Sum(row, 1));
        }

        VnniRegisters.Leave(code, rows);
        code.pop(r12);
        code.vzeroupper();
        code.ret();
        return code;
    }

    private static AssemblerRegisterZMM Sum(int row, int tile) => VnniRegisters.Vector((row * 2) + tile);

    private static AssemblerRegisterZMM Dot(int row, int tile) => VnniRegisters.Vector(FirstDot + (row * 2) + tile);

    private static AssemblerRegisterZMM Temporary(int index) => VnniRegisters.Vector(28 + (index % 4));

    /// <summary>Sums start at zero or go on from the outputs, so that a long row can be cut into pieces without another result.</summary>
    private static void Begin(Assembler code, int rows)
    {
        Label resume = code.CreateLabel();
        Label ready = code.CreateLabel();
        code.cmp(__qword_ptr[rdi + VnniCall.AccumulateOffset], 0);
        code.jne(resume);
        for (int i = 0; i < rows * 2; i++)
        {
            code.vpxord(VnniRegisters.Vector(i), VnniRegisters.Vector(i), VnniRegisters.Vector(i));
        }

        code.jmp(ready);
        code.Label(ref resume);
        for (int row = 0; row < rows; row++)
        {
            code.mov(rdx, __qword_ptr[rdi + VnniCall.OutputsOffset + (row * sizeof(long))]);
            code.vmovups(Sum(row, 0).k1.z, __zmmword_ptr[rdx]);
            code.vmovups(Sum(row, 1).k2.z, __zmmword_ptr[rdx + 64]);
        }

        code.Label(ref ready);
    }

    private static void Group(Assembler code, int offset, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            code.vpbroadcastd(Dot(row, 0), __dword_ptr[VnniRegisters.Row(row) + rdx + offset]);
            code.vmovdqa32(Dot(row, 1), Dot(row, 0));
        }

        for (int i = 0; i < TileFormat.Eight.CodeBytes / 64; i++)
        {
            code.vmovdqu32(zmm24, __zmmword_ptr[rax + (i * 64)]);
            code.vmovdqu32(zmm25, __zmmword_ptr[r12 + (i * 64)]);
            for (int row = 0; row < rows; row++)
            {
                code.vpbroadcastd(Temporary(row), __dword_ptr[VnniRegisters.Row(row) + rdx + (i * 4)]);
                code.vpdpbusd(Dot(row, 0), zmm24, Temporary(row));
                code.vpdpbusd(Dot(row, 1), zmm25, Temporary(row));
            }
        }

        code.vcvtph2ps(zmm26, __ymmword_ptr[rax + TileFormat.Eight.CodeBytes]);
        code.vcvtph2ps(zmm27, __ymmword_ptr[r12 + TileFormat.Eight.CodeBytes]);
        for (int i = 0; i < rows * 2; i++)
        {
            AssemblerRegisterZMM dot = VnniRegisters.Vector(FirstDot + i);
            code.vcvtdq2ps(dot, dot);
            code.vmulps(
                Temporary(i), i % 2 == 0 ? zmm26 : zmm27, __dword_bcst[VnniRegisters.Row(i / 2) + rdx + QuantGroup.ScaleOffset]);
            code.vfmadd231ps(VnniRegisters.Vector(i), dot, Temporary(i));
        }
    }
}
