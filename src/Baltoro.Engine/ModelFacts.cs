using Baltoro.Engine.Vision;

namespace Baltoro.Engine;

/// <summary>What is known about a loaded model, for users and reports.</summary>
public sealed record ModelFacts
{
    /// <summary>Name of the folder or file the model came from.</summary>
    public required string Name { get; init; }

    /// <summary>Tokens the weights were trained on at a time, or null when the model does not say.</summary>
    public int? TrainedContext { get; init; }

    /// <summary>The kernel variant in use.</summary>
    public required string Kernels { get; init; }

    /// <summary>Threads that compute.</summary>
    public required int Threads { get; init; }

    public required double LoadSeconds { get; init; }

    public required long WeightBytes { get; init; }

    /// <summary>The vision tower, or null for a text model.</summary>
    public VisionFacts? Vision { get; init; }

    /// <summary>Fields of config.json that this version does not know.</summary>
    public IReadOnlyList<string> UnknownFields { get; init; } = [];
}
