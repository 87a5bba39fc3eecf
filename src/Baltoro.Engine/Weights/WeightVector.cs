namespace Baltoro.Engine.Weights;

/// <summary>A norm weight or bias, float32 (widened when it was loaded). A view; the memory belongs to <see cref="KimiWeights"/>.</summary>
internal readonly unsafe struct WeightVector(int length, float* data)
{
    public int Length { get; } = length;

    public float* Data { get; } = data;

    public ReadOnlySpan<float> Span => new(Data, Length);
}
