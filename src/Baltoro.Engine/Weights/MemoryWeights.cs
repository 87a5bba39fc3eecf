namespace Baltoro.Engine.Weights;

/// <summary>Keeps converted weights in memory; owns both arenas. Without <paramref name="hot"/> everything goes to the first.</summary>
internal sealed unsafe class MemoryWeights(NativeArena arena, TileArena? hot) : IWeightStore
{
    /// <inheritdoc/>
    public long ByteCount => arena.ByteCount + (hot?.ByteCount ?? 0);

    /// <inheritdoc/>
    public WeightMatrix? Take(string name) => null;

    /// <inheritdoc/>
    public void* Allocate(long bytes, bool tiles) => tiles && hot is not null ? hot.Allocate(bytes) : arena.Allocate(bytes);

    /// <inheritdoc/>
    public void Keep(string name, WeightMatrix matrix)
    {
        // It lies where it will be used.
    }

    /// <inheritdoc/>
    public void Settle()
    {
        // What was loaded is in use from here on.
    }

    public void Dispose()
    {
        arena.Dispose();
        hot?.Dispose();
    }
}
