using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>One worker's own memory for attention inside an image.</summary>
internal sealed unsafe class FullAttentionScratch : IDisposable
{
    private readonly NativeArena _arena = new();

    public FullAttentionScratch(KernelTable kernels)
    {
        Softmax = new OnlineSoftmax(kernels);
        float* scores = (float*)_arena.Allocate(FullAttention.BlockRows * FullAttention.TileKeys * sizeof(float));
        Scores = new RowBlock(scores, FullAttention.BlockRows, FullAttention.TileKeys, FullAttention.TileKeys);
    }

    public OnlineSoftmax Softmax { get; }

    /// <summary>[BlockRows, TileKeys].</summary>
    public RowBlock Scores { get; }

    /// <summary>[BlockRows]: by what each row's sums so far are multiplied.</summary>
    public float[] Factors { get; } = new float[FullAttention.BlockRows];

    public void Dispose() => _arena.Dispose();
}
