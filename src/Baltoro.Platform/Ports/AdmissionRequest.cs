namespace Baltoro.Platform.Ports;

/// <summary>What the gate asks before a request may run.</summary>
public sealed record AdmissionRequest
{
    /// <summary>Unique per request; repeating it returns the first decision's reservation.</summary>
    public required string RequestId { get; init; }

    public required string OrganizationId { get; init; }

    public string ProjectId { get; init; } = "";

    public required string KeyId { get; init; }

    /// <summary>Tier written on the key.</summary>
    public required string KeyTier { get; init; }

    public required string Model { get; init; }

    /// <summary>Exact size of the prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The caller's completion budget.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>Smallest budget worth running when money does not buy all of it; null: no less than asked for.</summary>
    public int? SmallestCompletionTokens { get; init; }

    public int Images { get; init; }

    /// <summary>Calls of the API; a request is one.</summary>
    public int Calls { get; init; }

    /// <summary>Hash of the request's body, so that a reused id with another body is seen; may stay empty.</summary>
    public string Fingerprint { get; init; } = "";
}
