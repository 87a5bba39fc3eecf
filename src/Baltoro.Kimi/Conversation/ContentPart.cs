namespace Baltoro.Kimi.Conversation;

/// <summary>One piece of a message body. Closed family: consume with an exhaustive switch.</summary>
public abstract record ContentPart
{
    private ContentPart()
    {
    }

    /// <summary>Plain text. Strings that spell special tokens stay text.</summary>
    public sealed record Text(string Value) : ContentPart;
}
