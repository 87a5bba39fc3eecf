namespace Baltoro.Engine.Weights.Vision;

/// <summary>A layer norm: weight and bias [width].</summary>
internal readonly record struct NormWeights(WeightVector Weight, WeightVector Bias);
