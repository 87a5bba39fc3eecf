namespace Baltoro.Protocol.Media;

/// <summary>The picture, or the pictures of a film, of one content part as sent.</summary>
public sealed record WireMedia
{
    /// <summary>Path of the member that holds it, for example <c>messages[0].content[1].image_url</c>.</summary>
    public required string Path { get; init; }

    /// <summary>One source, or one for each frame of a film.</summary>
    public required IReadOnlyList<WireMediaSource> Sources { get; init; }

    /// <summary>Whether frames were sent as a list.</summary>
    public bool IsFrameList { get; init; }

    /// <summary>Frames per second of a list, where sent.</summary>
    public double? FramesPerSecond { get; init; }
}
