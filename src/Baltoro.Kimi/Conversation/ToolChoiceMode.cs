namespace Baltoro.Kimi.Conversation;

/// <summary>Whether an answer may call tools.</summary>
public enum ToolChoiceMode
{
    Auto,
    None,
    Required,
}
