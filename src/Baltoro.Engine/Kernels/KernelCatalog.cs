using System.Runtime.Intrinsics;

namespace Baltoro.Engine.Kernels;

/// <summary>The kernel variants of this build and the choice among them.</summary>
internal static unsafe class KernelCatalog
{
    /// <summary>Environment variable that forces a variant where the options name none.</summary>
    public const string EnvironmentName = "BALTORO_KERNELS";

    /// <summary>All variants, narrowest first.</summary>
    public static IReadOnlyList<string> Names { get; } = ["scalar", "v128", "v256", "v512"];

    /// <summary>The variants this machine can run, narrowest first.</summary>
    public static IReadOnlyList<string> Supported => [.. Names.Where(IsSupported)];

    /// <summary>
    /// The table of <paramref name="name"/>, or of the environment variable, or of the widest variant that the machine
    /// accelerates. Throws <see cref="ArgumentException"/> that lists the allowed names for an unknown or unsupported one.
    /// </summary>
    public static KernelTable Select(string? name)
    {
        string? source = string.IsNullOrEmpty(name) ? Environment.GetEnvironmentVariable(EnvironmentName) : name;
        string chosen = string.IsNullOrEmpty(source) ? Supported[^1] : source;
        return chosen switch
        {
            _ when !Names.Contains(chosen) || !IsSupported(chosen) => throw Unknown(chosen),
            "v128" => Build<Simd128, Vector128<float>>(chosen),
            "v256" => Build<Simd256, Vector256<float>>(chosen),
            "v512" => Build<Simd512, Vector512<float>>(chosen),
            _ => BuildScalar(),
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
        _ => true,
    };

    private static KernelTable Build<TSimd, TVector>(string name)
        where TSimd : ISimd<TVector>
        where TVector : struct => new()
        {
            Name = name,
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
            WeightedSum = &AttentionKernels<TSimd, TVector>.WeightedSum,
            RowSums = &RowSumKernel<TSimd, TVector>.Run,
        };

    private static KernelTable BuildScalar() => new()
    {
        Name = "scalar",
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
