using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Baltoro.Engine.Kernels.Jit;

namespace Baltoro.Engine.Kernels;

/// <summary>The kernel variants of this build and the choice among them.</summary>
internal static unsafe class KernelCatalog
{
    /// <summary>Environment variable that forces a variant where the options name none.</summary>
    public const string EnvironmentName = "BALTORO_KERNELS";

    /// <summary>
    /// All variants, the preferred last. Those of the first line multiply quantized weights as floats, those of the second with
    /// activations quantized to bytes; other weights are multiplied as floats in all of them. <c>int8-bf16</c> and
    /// <c>int8-scalar</c> also do attention in bfloat16 where the model's own attention weights are quantized.
    /// </summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "scalar", "int8-scalar", "v128", "v256", "v512",
        "int8-neon", "int8-avx2", "int8-vnni", "int8-bf16",
    ];

    /// <summary>The variants this machine can run, the preferred last.</summary>
    public static IReadOnlyList<string> Supported => [.. Names.Where(IsSupported)];

    /// <summary>
    /// The table of <paramref name="name"/>, or of the environment variable, or of the preferred variant of this machine. Throws <see cref="ArgumentException"/> that lists the allowed names for an unknown or unsupported one.
    /// </summary>
    public static KernelTable Select(string? name)
    {
        string? source = string.IsNullOrEmpty(name) ? Environment.GetEnvironmentVariable(EnvironmentName) : name;
        string chosen = string.IsNullOrEmpty(source) ? Supported[^1] : source;
        return chosen switch
        {
            _ when !Names.Contains(chosen) || !IsSupported(chosen) => throw Unknown(chosen),
            "v128" => Build<Simd128, Vector128<float>>(chosen, null),
            "v256" => Build<Simd256, Vector256<float>>(chosen, null),
            "v512" => Build<Simd512, Vector512<float>>(chosen, null),
            "int8-neon" => Build<Simd128, Vector128<float>>(chosen, Packed(&PackedKernel<NeonDot>.Product)),
            "int8-avx2" => Build<Simd256, Vector256<float>>(chosen, Packed(&PackedKernel<Avx2Dot>.Product)),
            "int8-vnni" => Build<Simd512, Vector512<float>>(chosen, Packed(&VnniKernels.Product)),
            "int8-bf16" => Build<Simd512, Vector512<float>>(
                chosen, Packed(&VnniKernels.Product), new() { Product = &EmittedBf16Kernels.Product, RoundPair = &EmittedBf16Kernels.RoundPair }),
            "int8-scalar" => BuildScalar(
                chosen,
                new() { Quantize = &ScalarPackedKernels.Quantize, Product = &ScalarPackedKernels.Product },
                new() { Product = &ScalarBf16Kernels.Product, RoundPair = &ScalarBf16Kernels.RoundPair }),
            _ => BuildScalar(chosen, null),
        };
    }

    private static ArgumentException Unknown(string name) => new(
        $"kernels: '{name}' is not a kernel variant of this machine; allowed: {string.Join(", ", Supported)} "
            + $"(of {string.Join(", ", Names)})",
        nameof(name));

    private static bool IsSupported(string name) => name switch
    {
        "v128" => Vector128.IsHardwareAccelerated,
        "v256" => Vector256.IsHardwareAccelerated,
        "v512" => Vector512.IsHardwareAccelerated,
        "int8-neon" => Dp.IsSupported,
        "int8-avx2" => Avx2.IsSupported,
        "int8-vnni" => Vector512.IsHardwareAccelerated && CpuFeatures.CanEmit && CpuFeatures.HasVnni512,
        "int8-bf16" => IsSupported("int8-vnni") && CpuFeatures.HasBf16,
        _ => true,
    };

    private static PackedKernels Packed(delegate*<in PackedArgs, void> product) => new() { Quantize = &GroupQuantizer.Quantize, Product = product };

    private static KernelTable Build<TSimd, TVector>(string name, PackedKernels? packed, Bf16Kernels? bf16 = null)
        where TSimd : ISimd<TVector>
        where TVector : struct => new()
        {
            Name = name,
            Packed = packed,
            Bf16 = bf16,
            MatMulBf16 = &MatMulKernel<TSimd, TVector, Bf16Element>.Run,
            MatMulF32 = &MatMulKernel<TSimd, TVector, F32Element>.Run,
            MatMulQ8 = &MatMulKernel<TSimd, TVector, Q8Element>.Run,
            MatMulQ4 = &MatMulKernel<TSimd, TVector, Q4Element>.Run,
            RmsNorm = &RowKernels<TSimd, TVector>.RmsNorm,
            Rope = &RowKernels<TSimd, TVector>.Rope,
            Swiglu = &RowKernels<TSimd, TVector>.Swiglu,
            Axpy = &RowKernels<TSimd, TVector>.Axpy,
            LayerNorm = &VisionKernels<TSimd, TVector>.LayerNorm,
            GeluTanh = &VisionKernels<TSimd, TVector>.GeluTanh,
            GeluErf = &Gelu.Erf,
            SoftmaxTile = &AttentionKernels<TSimd, TVector>.SoftmaxTile,
            WeightedSum = &WeightedSumKernel<TSimd, TVector>.Run,
            RowSums = &RowSumKernel<TSimd, TVector>.Run,
        };

    private static KernelTable BuildScalar(string name, PackedKernels? packed, Bf16Kernels? bf16 = null) => new()
    {
        Name = name,
        Packed = packed,
        Bf16 = bf16,
        MatMulBf16 = &ScalarKernels.MatMul<Bf16Element>,
        MatMulF32 = &ScalarKernels.MatMul<F32Element>,
        MatMulQ8 = &ScalarKernels.MatMul<Q8Element>,
        MatMulQ4 = &ScalarKernels.MatMul<Q4Element>,
        RmsNorm = &ScalarKernels.RmsNorm,
        Rope = &ScalarKernels.Rope,
        Swiglu = &ScalarKernels.Swiglu,
        Axpy = &ScalarKernels.Axpy,
        LayerNorm = &ScalarKernels.LayerNorm,
        GeluTanh = &Gelu.Tanh,
        GeluErf = &Gelu.Erf,
        SoftmaxTile = &ScalarKernels.SoftmaxTile,
        WeightedSum = &ScalarKernels.WeightedSum,
        RowSums = &ScalarKernels.RowSums,
    };
}
