using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>Register numbering that the emitted int8 kernels share.</summary>
internal static class VnniRegisters
{
    private static readonly AssemblerRegisterZMM[] _vectors =
    [
        zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15,
        zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23, zmm24, zmm25, zmm26, zmm27, zmm28, zmm29, zmm30, zmm31,
    ];

    /// <summary>Addresses of rows; the first <see cref="FreeRows"/> need no saving under the System V convention.</summary>
    private static readonly AssemblerRegister64[] _rows = [rsi, r8, r9, r10, r11, rbx, rbp, r12];

    private const int FreeRows = 5;

    public static AssemblerRegisterZMM Vector(int index) => _vectors[index];

    public static AssemblerRegister64 Row(int index) => _rows[index];

    /// <summary>Saves what the convention wants kept and loads the addresses of <paramref name="rows"/> rows from rdi.</summary>
    public static void Enter(Assembler code, int rows)
    {
        for (int row = FreeRows; row < rows; row++)
        {
            code.push(_rows[row]);
        }

        for (int row = 0; row < rows; row++)
        {
            code.mov(_rows[row], __qword_ptr[rdi + VnniCall.RowsOffset + (row * sizeof(long))]);
        }
    }

    /// <summary>Restores what <see cref="Enter"/> saved.</summary>
    public static void Leave(Assembler code, int rows)
    {
        for (int row = rows - 1; row >= FreeRows; row--)
        {
            code.pop(_rows[row]);
        }
    }
}
