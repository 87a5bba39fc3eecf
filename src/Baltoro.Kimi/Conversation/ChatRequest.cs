namespace Baltoro.Kimi.Conversation;

/// <summary>The neutral request every protocol maps to and every backend accepts.</summary>
public sealed record ChatRequest
{
    /// <summary>Unique id; also the idempotency id of the settlement.</summary>
    public required string RequestId { get; init; }

    /// <summary>Whose cache this request may share (I11).</summary>
    public required string TenantId { get; init; }

    /// <summary>The conversation; empty when there is a <see cref="Raw"/> prompt.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>A prompt that takes the conversation's place and is continued as it stands, or null.</summary>
    public RawPrompt? Raw { get; init; }

    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;

    /// <summary>Whether one answer may hold several calls.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>What the answer's text must be; thinking and tool calls are not concerned.</summary>
    public ResponseFormat ResponseFormat { get; init; } = ResponseFormat.FreeText;

    /// <summary>Whether the model is to think before it answers.</summary>
    public required bool Thinking { get; init; }

    /// <summary>Largest number of completion tokens, thinking included; at least 1.</summary>
    public required int MaxCompletionTokens { get; init; }

    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>Texts that end the answer and are not output.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Number of independent answers to the same prompt.</summary>
    public int ChoiceCount { get; init; } = 1;

    /// <summary>Null: no log probabilities; otherwise how many alternatives a token reports (0..20).</summary>
    public int? TopLogprobs { get; init; }

    /// <summary>Whether <see cref="ChatEvent.PromptTokens"/> comes first, with <see cref="TopLogprobs"/> alternatives.</summary>
    public bool ReportPrompt { get; init; }

    /// <summary>Whether <see cref="ChatEvent.Progress"/> comes before the events of each token.</summary>
    public bool ReportProgress { get; init; }
}
