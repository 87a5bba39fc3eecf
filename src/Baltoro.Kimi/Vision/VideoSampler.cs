using System.Globalization;

namespace Baltoro.Kimi.Vision;

/// <summary>Chooses frames of a video. Source: the published preprocessor of Kimi K2.5 (navit_resize_video and its callers).</summary>
public static class VideoSampler
{
    /// <summary>
    /// Frames evenly over the whole video, <see cref="VisionSettings.SampleFps"/> per second of it, rounded to even.
    /// </summary>
    /// <param name="frameCount">Frames of the video, at least 1.</param>
    /// <param name="fps">Its frames per second, above 0.</param>
    /// <exception cref="ImageRefusedException">The model was not trained on video.</exception>
    public static VideoPlan Plan(int frameCount, double fps, VisionSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frameCount, 1);
        if (!(fps > 0 && double.IsFinite(fps)))
        {
            throw new ArgumentOutOfRangeException(nameof(fps), fps, "a number above 0");
        }

        if (settings.Family != VisionFamily.K25)
        {
            throw new ImageRefusedException("this model does not take video");
        }

        int count = SampleCount(frameCount, fps, settings);
        int[] indices = new int[count];
        for (int i = 0; i < count; i++)
        {
            double place = count == 1 ? 0 : i * ((frameCount - 1) / (double)(count - 1));
            indices[i] = i > 0 && i == count - 1 ? frameCount - 1 : (int)Math.Round(place, MidpointRounding.ToEven);
        }

        List<VideoChunkPlan> chunks = [];
        for (int start = 0; start < count; start += settings.FramesPerChunk)
        {
            int[] frames = indices[start..Math.Min(count, start + settings.FramesPerChunk)];
            chunks.Add(new VideoChunkPlan(Timestamp(frames[0] / fps), frames));
        }

        return new VideoPlan(FrameLimit(count, settings), chunks);
    }

    /// <summary><c>HH:MM:SS.mmm</c>; milliseconds are cut off, hours start again after a day.</summary>
    internal static string Timestamp(double seconds)
    {
        long whole = (long)Math.Floor(seconds);
        int milliseconds = (int)(seconds % 1 * 1000);
        return string.Create(
            CultureInfo.InvariantCulture, $"{whole / 3600 % 24:00}:{whole / 60 % 60:00}:{whole % 60:00}.{milliseconds:000}");
    }

    private static int SampleCount(int frameCount, double fps, VisionSettings settings)
    {
        double sampleFps = Math.Min(settings.SampleFps, fps);
        int count = (int)Math.Max(Math.Round(frameCount * sampleFps / fps, MidpointRounding.ToEven), 1);
        return settings.MaxVideoFrames is int most ? Math.Min(count, most) : count;
    }

    private static int FrameLimit(int count, VisionSettings settings) => settings.VideoPatchLimit is int total
        ? Math.Min((int)Math.Round(total / (double)count, MidpointRounding.ToEven), settings.FramePatchLimit)
        : settings.FramePatchLimit;
}
