using Baltoro.Kimi.Media;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// Writes pictures and films into a prompt as Kimi K2.5's template and processor do together: the pad token stands once for
/// each media token, and a line break follows each part.
/// </summary>
internal sealed class MediaWriter(SpecialTokens special, VisionSettings? vision)
{
    private readonly List<PromptMedia> _media = [];

    /// <summary>Every run of pad tokens written so far.</summary>
    public IReadOnlyList<PromptMedia> Media => _media;

    /// <exception cref="MediaException">The model does not take pictures, or none of this size.</exception>
    public void WriteImage(PromptWriter writer, EncodedImage image)
    {
        VisionSettings settings = vision ?? throw new MediaException(image.Field, $"{image.Field}: this model does not take images");
        int count = Guarded(image.Field, () => MediaTokens.Count(image.Header.Width, image.Header.Height, settings));
        int position = WriteBlock(writer, "image", count);
        _media.Add(new PromptMedia.Picture(position, count, image));
        writer.Text("\n");
    }

    /// <exception cref="MediaException">The model does not take films, or none of this size.</exception>
    public void WriteVideo(PromptWriter writer, EncodedVideo video)
    {
        VisionSettings settings = vision ?? throw new MediaException(video.Field, $"{video.Field}: this model does not take video");
        CheckSizes(video);
        VideoPlan plan = Guarded(video.Field, () => VideoSampler.Plan(video.FrameCount, video.FramesPerSecond, settings));
        int count = Guarded(video.Field, () => MediaTokens.CountChunk(video.First.Width, video.First.Height, plan, settings));
        for (int i = 0; i < plan.Chunks.Count; i++)
        {
            writer.Text(plan.Chunks[i].Timestamp);
            int position = WriteBlock(writer, "video", count);
            _media.Add(new PromptMedia.Chunk(position, count, video, plan, i));
        }

        writer.Text("\n");
    }

    private int WriteBlock(PromptWriter writer, string kind, int count)
    {
        writer.Special(special.MediaBegin).Text(kind).Special(special.MediaContent);
        int position = writer.Count;
        writer.Repeat(special.MediaPad, count).Special(special.MediaEnd);
        return position;
    }

    private static void CheckSizes(EncodedVideo video)
    {
        EncodedImage? other = video.Files.FirstOrDefault(
            file => file.Header.Width != video.First.Width || file.Header.Height != video.First.Height);
        if (other is not null)
        {
            throw new MediaException(
                other.Field,
                $"{other.Field} is {other.Header.Width} x {other.Header.Height} pixels; frames of one video have one size, here {video.First.Width} x {video.First.Height}");
        }
    }

    private static T Guarded<T>(string field, Func<T> count)
    {
        try
        {
            return count();
        }
        catch (ImageRefusedException e)
        {
            throw new MediaException(field, $"{field}: {e.Message}");
        }
    }
}
