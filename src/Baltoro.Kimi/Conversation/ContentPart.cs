using Baltoro.Kimi.Media;

namespace Baltoro.Kimi.Conversation;

/// <summary>One piece of a message body. Closed family: consume with an exhaustive switch.</summary>
public abstract record ContentPart
{
    private ContentPart()
    {
    }

    /// <summary>Plain text. Strings that spell special tokens stay text.</summary>
    public sealed record Text(string Value) : ContentPart;

    /// <summary>A picture, not decoded yet.</summary>
    public sealed record Image(EncodedImage Value) : ContentPart;

    /// <summary>A film, not decoded yet.</summary>
    public sealed record Video(EncodedVideo Value) : ContentPart;
}
