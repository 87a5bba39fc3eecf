using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Baltoro.Engine.Kernels.Jit;

/// <summary>
/// What the processor offers to emitted code, from CPUID. That the operating system saves the wide registers is taken from the
/// runtime, which checks it for AVX-512BW.
/// </summary>
internal static class CpuFeatures
{
    private const int StructuredLeaf = 7;
    private const int VnniBit = 11;
    private const int Bf16Bit = 5;

    /// <summary>Emitted code needs the System V calling convention and anonymous mappings.</summary>
    public static bool CanEmit => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>AVX-512 F, BW and VNNI: four products of bytes per 32-bit lane in one instruction.</summary>
    public static bool HasVnni512 => Avx512BW.IsSupported && Bit(X86Base.CpuId(StructuredLeaf, 0).Ecx, VnniBit);

    /// <summary>AVX-512 BF16: products of pairs of bfloat16.</summary>
    public static bool HasBf16 => Avx512BW.IsSupported && X86Base.CpuId(StructuredLeaf, 0).Eax >= 1
        && Bit(X86Base.CpuId(StructuredLeaf, 1).Eax, Bf16Bit);

    private static bool Bit(int register, int bit) => ((register >> bit) & 1) != 0;
}
