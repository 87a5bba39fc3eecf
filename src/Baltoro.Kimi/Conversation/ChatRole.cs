namespace Baltoro.Kimi.Conversation;

/// <summary>Who speaks. Wire roles outside this list (for example <c>developer</c>) are mapped before they get here.</summary>
public enum ChatRole
{
    System,
    User,
    Assistant,
    Tool,
}
