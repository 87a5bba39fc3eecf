namespace Baltoro.Kimi.Conversation;

/// <summary>Exact size of a prompt before it runs, or why the request cannot run at all.</summary>
/// <param name="PromptTokens">Tokens the model would be given, frames and generation prompt included; 0 when refused.</param>
public readonly record struct PromptQuote(int PromptTokens)
{
    /// <summary>Why the backend refuses the request, or null.</summary>
    public string? Refusal { get; init; }

    /// <summary>Path of the field at fault, as a client writes it, when there is a refusal that has one.</summary>
    public string? Field { get; init; }

    /// <summary>What the backend does other than asked, for the client to know; null when nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>Whether the refusal is about the moment: the same request may run later.</summary>
    public bool IsOverloaded { get; init; }

    public static PromptQuote Refuse(string? field, string reason) => new(0) { Refusal = reason, Field = field };

    public static PromptQuote Overloaded(string reason) => new(0) { Refusal = reason, IsOverloaded = true };
}
