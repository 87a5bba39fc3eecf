namespace Baltoro.Kimi.Conversation;

/// <summary>How the next token is drawn. Null means "the model's own default" (its generation_config.json).</summary>
public sealed record SamplingSettings
{
    /// <summary>0 is greedy; range 0..2.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus mass, 0 &lt; p ≤ 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Keep the k most likely tokens; 0 switches it off.</summary>
    public int? TopK { get; init; }

    /// <summary>Drop tokens below this share of the most likely one, 0..1.</summary>
    public double? MinP { get; init; }

    /// <summary>-2..2, subtracted once from every token already generated.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>-2..2, subtracted once per occurrence in the generated text.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Greater than 0; 1 switches it off. Divides positive and multiplies negative logits of tokens seen so far.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Added to a token's logit, -100..100.</summary>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = new Dictionary<int, double>();

    /// <summary>Same request and seed give the same tokens (I6); null draws a fresh seed.</summary>
    public long? Seed { get; init; }
}
