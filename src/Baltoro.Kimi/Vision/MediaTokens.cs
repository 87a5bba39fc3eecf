namespace Baltoro.Kimi.Vision;

/// <summary>
/// How many media tokens a picture or a video costs, from its size alone. Exactly what the prompt will hold: the published
/// formula of the model's preprocessor.
/// </summary>
public static class MediaTokens
{
    /// <summary>Media tokens of a picture of width x height pixels.</summary>
    /// <exception cref="ImageRefusedException">The model does not take this size.</exception>
    public static int Count(int width, int height, VisionSettings settings) =>
        ImageGeometry.Of(width, height, settings.PatchLimit, settings).CellCount(settings.CellSize);

    /// <summary>The patches of a picture of width x height pixels.</summary>
    /// <exception cref="ImageRefusedException">The model does not take this size.</exception>
    public static PatchGrid Grid(int width, int height, VisionSettings settings) =>
        GridOf(ImageGeometry.Of(width, height, settings.PatchLimit, settings), 1, settings);

    /// <summary>Media tokens of one chunk of a video, however many frames it has; <paramref name="plan"/> comes from the video's size.</summary>
    public static int CountChunk(int width, int height, VideoPlan plan, VisionSettings settings) =>
        ImageGeometry.Of(width, height, plan.FramePatchLimit, settings).CellCount(settings.CellSize);

    /// <summary>Media tokens of a whole video (the text around each chunk not counted).</summary>
    public static long CountVideo(int width, int height, VideoPlan plan, VisionSettings settings) =>
        (long)plan.Chunks.Count * CountChunk(width, height, plan, settings);

    internal static PatchGrid GridOf(ImageGeometry geometry, int frames, VisionSettings settings) =>
        new(frames, geometry.FinalHeight / settings.PatchSize, geometry.FinalWidth / settings.PatchSize);
}
