namespace Baltoro.Protocol.Models;

/// <summary>One entry of <c>GET /v1/models</c>.</summary>
public sealed record ModelEntry
{
    public required string Id { get; init; }

    public string Object { get; init; } = "model";

    /// <summary>Unix seconds.</summary>
    public required long Created { get; init; }

    public required string OwnedBy { get; init; }

    /// <summary>Tokens of input and output together.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Most completion tokens of one request.</summary>
    public required int MaxOutputTokens { get; init; }

    public required bool SupportsImageIn { get; init; }

    public required bool SupportsVideoIn { get; init; }

    public required bool SupportsReasoning { get; init; }

    /// <summary><c>only</c>: thinking cannot be turned off; <c>both</c>: a request may choose.</summary>
    public required string SupportsThinkingType { get; init; }

    /// <summary>What really answers this id.</summary>
    public required string ServedBy { get; init; }

    /// <summary>Length the serving weights were trained on; absent when unknown.</summary>
    public int? TrainedContext { get; init; }
}
