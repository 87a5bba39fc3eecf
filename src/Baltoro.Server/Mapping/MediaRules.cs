using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Media;

namespace Baltoro.Server.Mapping;

/// <summary>
/// Pictures and films of one request, in the order in which they are bounded: how many (while the body was read), encoded
/// bytes, format, size by header, pixels of all. Nothing is decoded here.
/// </summary>
internal sealed class MediaRules(bool takesImages, bool takesVideo)
{
    private long _bytes;
    private long _pixels;

    /// <summary>Whether parts of <paramref name="type"/> may stand in a message of <paramref name="role"/>.</summary>
    public bool Allows(string type, ChatRole role) => type switch
    {
        "text" => true,
        "image_url" => takesImages && role != ChatRole.Assistant,
        "video_url" => takesVideo && role != ChatRole.Assistant,
        _ => false,
    };

    /// <summary>The types that <see cref="Allows"/> for a role, for an error.</summary>
    public string AllowedFor(ChatRole role) =>
        string.Join(", ", ((string[])["text", "image_url", "video_url"]).Where(type => Allows(type, role)).Select(type => $"'{type}'"));

    /// <summary>Maps a part that is allowed.</summary>
    public WireError? TryMap(WirePart part, out ContentPart? mapped)
    {
        mapped = null;
        if (part.Media is not { } media)
        {
            mapped = new ContentPart.Text(part.Text ?? "");
            return null;
        }

        return part.Type == "video_url" ? TryMapVideo(media, out mapped) : TryMapImage(media, out mapped);
    }

    private WireError? TryMapImage(WireMedia media, out ContentPart? mapped)
    {
        WireError? error = TryOpen(media.Sources[0], "image", out EncodedImage? image) ?? Count(image, 1);
        mapped = image is null ? null : new ContentPart.Image(image);
        return error;
    }

    private WireError? TryMapVideo(WireMedia media, out ContentPart? mapped)
    {
        mapped = null;
        if (media.IsFrameList)
        {
            return TryMapFrames(media, out mapped);
        }

        WireError? error = TryOpen(media.Sources[0], "video", out EncodedImage? file);
        if (file is null)
        {
            return error;
        }

        if (AnimationReader.Read(file.Bytes.Span, file.Header.Format) is not { } animation)
        {
            return Damaged(file.Field, "its frames cannot be counted");
        }

        if (animation.FrameCount > MediaLimits.MaxFrames)
        {
            return WireError.Field(file.Field, $"has {animation.FrameCount} frames; at most {MediaLimits.MaxFrames} are accepted");
        }

        mapped = new ContentPart.Video(EncodedVideo.FromAnimation(file, animation));
        return Count(file, animation.FrameCount);
    }

    private WireError? TryMapFrames(WireMedia media, out ContentPart? mapped)
    {
        mapped = null;
        List<EncodedImage> frames = [];
        foreach (WireMediaSource source in media.Sources)
        {
            if ((TryOpen(source, "image", out EncodedImage? frame) ?? Count(frame, 1)) is { } error)
            {
                return error;
            }

            frames.Add(frame!); // Set whenever there is no error.
        }

        mapped = new ContentPart.Video(EncodedVideo.FromFrames(frames, media.FramesPerSecond ?? 2));
        return null;
    }

    private WireError? TryOpen(WireMediaSource source, string kind, out EncodedImage? image)
    {
        image = null;
        if (source.Reference is { } reference)
        {
            return MediaErrors.UnsupportedUrl(source.Path, reference);
        }

        ReadOnlySpan<byte> bytes = source.Bytes.Span;
        _bytes += bytes.Length;
        if (bytes.Length > MediaLimits.MaxEncodedBytes || _bytes > MediaLimits.MaxRequestBytes)
        {
            return WireError.Field(
                source.Path,
                $"has {bytes.Length} bytes, {_bytes} with those before; at most {MediaLimits.MaxEncodedBytes} each and {MediaLimits.MaxRequestBytes} in all are accepted");
        }

        if (ImageCheck.TryRead(bytes, kind, out ImageHeader header) is { } problem)
        {
            return WireError.Exact($"Invalid request: {problem.About(source.Path)}", source.Path);
        }

        image = new EncodedImage(source.Bytes, header, source.Path);
        return null;
    }

    private WireError? Count(EncodedImage? image, int frames)
    {
        _pixels += (image?.Header.Pixels ?? 0) * frames;
        return image is not null && _pixels > MediaLimits.MaxRequestPixels
            ? WireError.Field(image.Field, $"brings the pixels of the request to {_pixels}; at most {MediaLimits.MaxRequestPixels} are accepted")
            : null;
    }

    private static WireError Damaged(string path, string problem) => WireError.Field(path, $"is truncated or damaged: {problem}");
}
