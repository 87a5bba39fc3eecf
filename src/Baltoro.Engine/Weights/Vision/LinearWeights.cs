namespace Baltoro.Engine.Weights.Vision;

/// <summary>A linear layer with bias: weight [out, in], bias [out].</summary>
internal readonly record struct LinearWeights(WeightMatrix Weight, WeightVector Bias);
