using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>One worker's own memory for <see cref="PromptAttention"/>; what depends on the number of rows grows by need (I9).</summary>
internal sealed unsafe class PromptScratch : IDisposable
{
    private const int Lanes = Bf16Args.Lanes;
    private const int TileKeys = PromptKernels.TileKeys;

    private readonly NativeArena _arena = new();
    private readonly RowBuffer _queries;
    private readonly RowBuffer _sums;
    private readonly RowBuffer _states;

    public PromptScratch(KimiConfig config)
    {
        int lanes = (config.NopeHeadDim + config.ValueHeadDim + Lanes - 1) / Lanes * Lanes;
        Latents = Halves(TileKeys * config.LatentRank);
        Keys = Halves(TileKeys * config.QueryHeadDim);
        Values = Halves(TileKeys * config.ValueHeadDim);
        Weights = Halves(TileKeys * Lanes);
        Row = Halves(config.QueryHeadDim);
        Decompressed = Floats(TileKeys * lanes);
        Scores = Floats(TileKeys * Lanes);
        Factors = Floats(Lanes);
        _queries = new RowBuffer((Lanes * config.QueryHeadDim + 1) / 2);
        _sums = new RowBuffer(Lanes * config.ValueHeadDim);
        _states = new RowBuffer(2 * Lanes);
    }

    /// <summary>[TileKeys, rank], bfloat16.</summary>
    public ushort* Latents { get; }

    /// <summary>[TileKeys, nope + rope], bfloat16.</summary>
    public ushort* Keys { get; }

    /// <summary>[value, TileKeys], bfloat16.</summary>
    public ushort* Values { get; }

    /// <summary>[2, TileKeys / 2, 16, 2], bfloat16.</summary>
    public ushort* Weights { get; }

    /// <summary>[nope + rope], bfloat16: one query.</summary>
    public ushort* Row { get; }

    /// <summary>[TileKeys, nope + value padded].</summary>
    public float* Decompressed { get; }

    /// <summary>[TileKeys, 32].</summary>
    public float* Scores { get; }

    /// <summary>[32].</summary>
    public float* Factors { get; }

    /// <summary>Makes room for <paramref name="blocks"/> blocks of query rows, sums and states as before the first tile.</summary>
    public void Begin(int blocks)
    {
        _queries.Reserve(blocks);
        _sums.Reserve(blocks);
        _states.Reserve(blocks);
        for (int block = 0; block < blocks; block++)
        {
            _queries.Rows(blocks).Row(block).Clear();
            _sums.Rows(blocks).Row(block).Clear();
            _states.Rows(blocks).Row(block)[..Lanes].Fill(float.NegativeInfinity);
            _states.Rows(blocks).Row(block)[Lanes..].Clear();
        }
    }

    /// <summary>[2, (nope + rope) / 2, 16, 2] of one block, bfloat16.</summary>
    public ushort* Queries(int block) => (ushort*)_queries.Rows(block + 1).RowAt(block);

    /// <summary>[value, 32] of one block.</summary>
    public float* Sums(int block) => _sums.Rows(block + 1).RowAt(block);

    /// <summary>Largest scores so far, [32], then the sums of weights, [32].</summary>
    public float* States(int block) => _states.Rows(block + 1).RowAt(block);

    public void Dispose()
    {
        _arena.Dispose();
        _queries.Dispose();
        _sums.Dispose();
        _states.Dispose();
    }

    private ushort* Halves(long count) => (ushort*)_arena.Allocate(count * sizeof(ushort));

    private float* Floats(long count) => (float*)_arena.Allocate(count * sizeof(float));
}
