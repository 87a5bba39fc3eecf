namespace Baltoro.Engine.Weights;

/// <summary>One SwiGLU block: gate and up [width, hidden], down [hidden, width].</summary>
internal sealed record FeedForwardWeights(WeightMatrix Gate, WeightMatrix Up, WeightMatrix Down)
{
    public int Width => Gate.Rows;
}
