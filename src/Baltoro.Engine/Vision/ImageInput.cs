namespace Baltoro.Engine.Vision;

/// <summary>
/// A picture, or a chunk of video frames, as the vision tower takes it. Immutable; may be shared by requests. Whether it fits
/// the loaded model is checked when a request is submitted.
/// </summary>
public sealed class ImageInput
{
    /// <param name="frames">1 for a picture.</param>
    /// <param name="rows">Patches from top to bottom.</param>
    /// <param name="columns">Patches from left to right.</param>
    /// <param name="patches">
    /// Normalised pixels [frames · rows · columns, 3 · patch · patch]: raster order, frames outermost; inside a patch channel, row,
    /// column. Not to be changed afterwards.
    /// </param>
    public ImageInput(int frames, int rows, int columns, ReadOnlyMemory<float> patches)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Frames = frames;
        Rows = rows;
        Columns = columns;
        Patches = patches;
        Hash = ContentHash.Of(frames, rows, columns, patches.Span);
    }

    public int Frames { get; }

    public int Rows { get; }

    public int Columns { get; }

    public ReadOnlyMemory<float> Patches { get; }

    /// <summary>What the image is known by in caches.</summary>
    public ContentHash Hash { get; }

    public long PatchCount => (long)Frames * Rows * Columns;
}
