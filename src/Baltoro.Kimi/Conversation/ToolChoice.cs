namespace Baltoro.Kimi.Conversation;

/// <summary>Whether and which tools an answer may call.</summary>
/// <param name="Mode">Whether it may, may not, or must.</param>
/// <param name="Names">Tools that may be called; null for all that are declared.</param>
public sealed record ToolChoice(ToolChoiceMode Mode, IReadOnlyList<string>? Names = null)
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceMode.Auto);

    /// <summary>No calls, whatever is declared.</summary>
    public static ToolChoice None { get; } = new(ToolChoiceMode.None);

    /// <summary>At least one call.</summary>
    public static ToolChoice Required { get; } = new(ToolChoiceMode.Required);

    /// <summary>A call of this tool.</summary>
    public static ToolChoice Named(string name) => new(ToolChoiceMode.Required, [name]);
}
