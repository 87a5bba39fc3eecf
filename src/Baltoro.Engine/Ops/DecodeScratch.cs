using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>One worker's own memory for <see cref="DecodeAttention"/>.</summary>
internal sealed unsafe class DecodeScratch : IDisposable
{
    private const int Lanes = Bf16Args.PanelLanes;
    private const int TileKeys = DecodeAttention.TileKeys;

    private readonly NativeArena _arena = new();

    public DecodeScratch(KimiConfig config)
    {
        Queries = Halves(config.CacheRowWidth * Lanes);
        Keys = Halves(TileKeys * config.CacheRowWidth);
        Values = Halves(DecodeAttention.PanelStride * (config.LatentRank / Lanes));
        Weights = Halves(TileKeys * Lanes);
        Row = Halves(config.CacheRowWidth);
        Scores = Floats(TileKeys * Lanes);
        Tile = Floats(Lanes * config.LatentRank);
        Stats = Floats(2 * Lanes);
        NoRow = Floats(config.CacheRowWidth);
        new Span<float>(NoRow, config.CacheRowWidth).Clear();
    }

    /// <summary>[(rank + rope) / 2, 16, 2], bfloat16.</summary>
    public ushort* Queries { get; }

    /// <summary>[TileKeys, rank + rope], bfloat16.</summary>
    public ushort* Keys { get; }

    /// <summary>[rank / 16, TileKeys / 2 + 1, 16, 2], bfloat16.</summary>
    public ushort* Values { get; }

    /// <summary>[16, TileKeys], bfloat16.</summary>
    public ushort* Weights { get; }

    /// <summary>[rank + rope], bfloat16: one query.</summary>
    public ushort* Row { get; }

    /// <summary>[TileKeys, 16].</summary>
    public float* Scores { get; }

    /// <summary>[16, rank]: one tile's values.</summary>
    public float* Tile { get; }

    /// <summary>One tile's largest scores [16] and sums of weights [16].</summary>
    public float* Stats { get; }

    /// <summary>[rank + rope] zeros, where a tile ends on an odd key.</summary>
    public float* NoRow { get; }

    public void Dispose() => _arena.Dispose();

    private ushort* Halves(long count) => (ushort*)_arena.Allocate(count * sizeof(ushort));

    private float* Floats(long count) => (float*)_arena.Allocate(count * sizeof(float));
}
