namespace Baltoro.Engine.Vision;

/// <summary>The embeddings that take the place of a run of media pad tokens.</summary>
/// <param name="Position">First position of the run in its sequence.</param>
/// <param name="TokenCount">Length of the run.</param>
/// <param name="Values">[tokens, hidden], float32; empty while the run is not needed (its positions are in the cache).</param>
public readonly record struct MediaEmbedding(int Position, int TokenCount, ReadOnlyMemory<float> Values)
{
    public int End => Position + TokenCount;
}
