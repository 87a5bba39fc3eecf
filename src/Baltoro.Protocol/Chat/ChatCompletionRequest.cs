namespace Baltoro.Protocol.Chat;

/// <summary>The body of <c>POST /v1/chat/completions</c>: types are checked, values are not. Null means "not sent".</summary>
public sealed record ChatCompletionRequest
{
    public required string Model { get; init; }

    public required IReadOnlyList<WireMessage> Messages { get; init; }

    public long? MaxTokens { get; init; }

    public long? MaxCompletionTokens { get; init; }

    public double? Temperature { get; init; }

    public double? TopP { get; init; }

    public long? TopK { get; init; }

    public double? MinP { get; init; }

    public double? RepetitionPenalty { get; init; }

    public double? PresencePenalty { get; init; }

    public double? FrequencyPenalty { get; init; }

    public long? N { get; init; }

    public long? Seed { get; init; }

    /// <summary>Token id as text → bias, as sent.</summary>
    public IReadOnlyDictionary<string, double>? LogitBias { get; init; }

    public bool? Logprobs { get; init; }

    public long? TopLogprobs { get; init; }

    public IReadOnlyList<string>? Stop { get; init; }

    public bool Stream { get; init; }

    public bool IncludeUsage { get; init; }

    /// <summary>Whether every chunk carries the token counts so far.</summary>
    public bool ContinuousUsage { get; init; }

    public WireThinking? Thinking { get; init; }

    /// <summary>Value of <c>chat_template_kwargs.thinking</c>.</summary>
    public bool? TemplateThinking { get; init; }

    public string? ReasoningEffort { get; init; }

    /// <summary>Tools as sent, also those of the old <c>functions</c>.</summary>
    public IReadOnlyList<WireTool> Tools { get; init; } = [];

    /// <summary>Tool choice as sent, also that of the old <c>function_call</c>.</summary>
    public WireToolChoice? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    /// <summary>Whether the old <c>functions</c> were sent: the answer then has the old shape.</summary>
    public bool IsLegacyFunctions { get; init; }

    public WireResponseFormat? ResponseFormat { get; init; }

    public bool? Store { get; init; }

    public IReadOnlyList<string>? Modalities { get; init; }

    /// <summary>The first field sent whose feature this server does not have at all, or null.</summary>
    public string? UnsupportedField { get; init; }

    /// <summary>Top-level names this server does not know; ignored, as on the hosted platform.</summary>
    public IReadOnlyList<string> UnknownMembers { get; init; } = [];
}
