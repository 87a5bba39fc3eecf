using Baltoro.Protocol.Media;

namespace Baltoro.Protocol.Chat;

/// <summary>One content part as sent.</summary>
/// <param name="Type">Value of <c>type</c>.</param>
/// <param name="Text">Text of a text part; null for the other types.</param>
public sealed record WirePart(string Type, string? Text)
{
    /// <summary>Picture or film of an <c>image_url</c> or <c>video_url</c> part.</summary>
    public WireMedia? Media { get; init; }
}
