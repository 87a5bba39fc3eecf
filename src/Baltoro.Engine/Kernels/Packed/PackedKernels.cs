namespace Baltoro.Engine.Kernels;

/// <summary>One variant of the int8 kernels. All agree bit for bit, except that the scalar twin sums in double.</summary>
internal sealed unsafe class PackedKernels
{
    /// <inheritdoc cref="ScalarPackedKernels.Quantize"/>
    public required delegate*<float*, int, QuantGroup*, void> Quantize { get; init; }

    /// <inheritdoc cref="PackedArgs"/>
    public required delegate*<in PackedArgs, void> Product { get; init; }
}
