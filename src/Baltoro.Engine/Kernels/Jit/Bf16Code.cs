using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// Emits c[rows, 16 · panels] = factors · c + a · b for up to 12 rows of bfloat16 (<see cref="Bf16Args"/>). void f(Bf16Call*), System V;
/// clobbers all vector registers.
/// <para>
/// rsi, r8, r9, r10 rows 0, 3, 6, 9 of a, rdx its stride; rax and r11 = rax + panel bytes the panels of b; rcx turns of eight k.
/// zmm0–23 sums, zmm24–25 b, zmm26–31 pairs of a. vdpbf16ps adds the products of a pair one after the other to the sum and takes
/// subnormal numbers for zero; a row's chain runs over k from 0 on whatever the number of rows.
/// </para>
/// </summary>
internal static class Bf16Code
{
    private const int PairsPerTurn = Bf16Args.DepthGranule / 2;

    private static readonly AssemblerRegister64[] _bases = [rsi, r8, r9, r10];

    /// <summary>Numbers of rows there is a kernel for, largest first.</summary>
    public static ReadOnlySpan<int> RowCounts => [12, 8, 4, 1];

    public static Assembler Emit(int rows, bool resume, int panels)
    {
        Assembler code = new(64);
        Label turn = code.CreateLabel();
        code.mov(rsi, __qword_ptr[rdi + Bf16Call.AOffset]);
        code.mov(rdx, __qword_ptr[rdi + Bf16Call.AStrideOffset]);
        code.lea(rcx, __[rdx + (rdx * 2)]);
        for (int i = 1; i * 3 < rows; i++)
        {
            code.lea(_bases[i], __[_bases[i - 1] + rcx]);
        }

        Begin(code, rows, resume, panels);
        code.mov(rax, __qword_ptr[rdi + Bf16Call.BOffset]);
        code.mov(r11, __qword_ptr[rdi + Bf16Call.PanelBytesOffset]);
        code.add(r11, rax);
        code.mov(rcx, __qword_ptr[rdi + Bf16Call.TurnsOffset]);
        code.Label(ref turn);
        for (int pair = 0; pair < PairsPerTurn; pair++)
        {
            Pair(code, rows, pair, panels);
        }

        code.add(rax, PairsPerTurn * 64);
        code.add(r11, PairsPerTurn * 64);
        for (int i = 0; i * 3 < rows; i++)
        {
            code.add(_bases[i], PairsPerTurn * sizeof(uint));
        }

        code.dec(rcx);
        code.jne(turn);
        Walk(code, rows, (row, address) =>
        {
            for (int panel = 0; panel < panels; panel++)
            {
                code.vmovups(__zmmword_ptr[address + (panel * 64)], Sum(row, panel));
            }
        });
        code.vzeroupper();
        code.ret();
        return code;
    }

    private static AssemblerRegisterZMM Sum(int row, int panel) => VnniRegisters.Vector((row * 2) + panel);

    private static void Begin(Assembler code, int rows, bool resume, int panels)
    {
        if (!resume)
        {
            for (int i = 0; i < rows * 2; i++)
            {
                code.vpxord(VnniRegisters.Vector(i), VnniRegisters.Vector(i), VnniRegisters.Vector(i));
            }

            return;
        }

        code.mov(rax, __qword_ptr[rdi + Bf16Call.FactorsOffset]);
        for (int panel = 0; panel < panels; panel++)
        {
            code.vmovups(VnniRegisters.Vector(24 + panel), __zmmword_ptr[rax + (panel * 64)]);
        }

        Walk(code, rows, (row, address) =>
        {
            for (int panel = 0; panel < panels; panel++)
            {
                code.vmulps(Sum(row, panel), VnniRegisters.Vector(24 + panel), __zmmword_ptr[address + (panel * 64)]);
            }
        });
    }

    /// <summary>Calls <paramref name="visit"/> with every row of c; uses rax and rcx.</summary>
    private static void Walk(Assembler code, int rows, Action<int, AssemblerRegister64> visit)
    {
        code.mov(rax, __qword_ptr[rdi + Bf16Call.COffset]);
        code.mov(rcx, __qword_ptr[rdi + Bf16Call.CStrideOffset]);
        for (int row = 0; row < rows; row++)
        {
            visit(row, rax);
            code.add(rax, rcx);
        }
    }

    private static void Pair(Assembler code, int rows, int pair, int panels)
    {
        code.vmovups(zmm24, __zmmword_ptr[rax + (pair * 64)]);
        if (panels == 2)
        {
            code.vmovups(zmm25, __zmmword_ptr[r11 + (pair * 64)]);
        }

        for (int row = 0; row < rows; row++)
        {
            AssemblerRegisterZMM value = VnniRegisters.Vector(26 + (row % 6));
            AssemblerRegister64 start = _bases[row / 3];
            AssemblerMemoryOperand address = (row % 3) switch
            {
                0 => __dword_ptr[start + (pair * 4)],
                1 => __dword_ptr[start + rdx + (pair * 4)],
                _ => __dword_ptr[start + (rdx * 2) + (pair * 4)],
            };
            code.vpbroadcastd(value, address);
            code.vdpbf16ps(Sum(row, 0), zmm24, value);
            if (panels == 2)
            {
                code.vdpbf16ps(Sum(row, 1), zmm25, value);
            }
        }
    }
}
