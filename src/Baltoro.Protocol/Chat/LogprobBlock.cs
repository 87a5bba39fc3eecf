using System.Text.Json.Serialization;

namespace Baltoro.Protocol.Chat;

/// <summary>Log probabilities of the answer's tokens, in OpenAI's shape.</summary>
public sealed record LogprobBlock(IReadOnlyList<LogprobEntry> Content)
{
    /// <summary>Always null; some clients require the member.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal => null;
}
