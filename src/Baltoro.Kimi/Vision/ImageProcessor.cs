namespace Baltoro.Kimi.Vision;

/// <summary>
/// Turns decoded pictures into what the vision tower takes: resize, pad or cut, normalise, cut into patches. Pure; safe for
/// concurrent use. Source: the published preprocessors of Kimi K2.5 and Kimi-VL.
/// </summary>
public static class ImageProcessor
{
    /// <summary>The patches of one picture.</summary>
    /// <exception cref="ImageRefusedException">The model does not take this size.</exception>
    public static ImagePatches Process(PixelImage image, VisionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Build([image], ImageGeometry.Of(image.Width, image.Height, settings.PatchLimit, settings), settings);
    }

    /// <summary>The patches of one chunk of a video; every frame is scaled as the first one.</summary>
    /// <param name="frames">The frames that the chunk's plan names.</param>
    /// <exception cref="ImageRefusedException">The model does not take this size or number of frames, or sizes differ.</exception>
    public static ImagePatches ProcessChunk(IReadOnlyList<PixelImage> frames, VideoPlan plan, VisionSettings settings)
    {
        if (frames.Count < 1 || frames.Count > settings.FramesPerChunk)
        {
            throw new ImageRefusedException($"a chunk has {frames.Count} frames; allowed are 1 to {settings.FramesPerChunk}");
        }

        PixelImage first = frames[0];
        if (frames.FirstOrDefault(frame => frame.Width != first.Width || frame.Height != first.Height) is { } other)
        {
            throw new ImageRefusedException(
                $"frames of one video have one size; found {first.Width} x {first.Height} and {other.Width} x {other.Height}");
        }

        return Build(frames, ImageGeometry.Of(first.Width, first.Height, plan.FramePatchLimit, settings), settings);
    }

    private static ImagePatches Build(IReadOnlyList<PixelImage> frames, ImageGeometry geometry, VisionSettings settings)
    {
        PatchGrid grid = MediaTokens.GridOf(geometry, frames.Count, settings);
        int patchWidth = 3 * settings.PatchSize * settings.PatchSize;
        float[] values = new float[checked(grid.PatchCount * patchWidth)];
        float[] normal = NormalValues(settings);
        int frameValues = values.Length / frames.Count;
        for (int i = 0; i < frames.Count; i++)
        {
            PixelImage scaled = BicubicResizer.Resize(frames[i], geometry.ScaledWidth, geometry.ScaledHeight);
            WritePatches(scaled, geometry, grid, settings.PatchSize, normal, values.AsSpan(i * frameValues, frameValues));
        }

        return new ImagePatches(grid, geometry.CellCount(settings.CellSize), values);
    }

    /// <summary>
    /// Writes [rows · columns, 3, patch, patch]. A final picture larger than the scaled one is black on the right and at the
    /// bottom; a smaller one is its centre.
    /// </summary>
    private static void WritePatches(
        PixelImage image, ImageGeometry geometry, PatchGrid grid, int patch, ReadOnlySpan<float> normal, Span<float> values)
    {
        int left = Math.Max(0, (image.Width - geometry.FinalWidth) / 2);
        int top = Math.Max(0, (image.Height - geometry.FinalHeight) / 2);
        ReadOnlySpan<byte> pixels = image.Rgb.Span;
        int at = 0;
        for (int row = 0; row < grid.Rows; row++)
        {
            for (int column = 0; column < grid.Columns; column++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    ReadOnlySpan<float> table = normal.Slice(channel * 256, 256);
                    for (int y = top + (row * patch); y < top + ((row + 1) * patch); y++)
                    {
                        int x = left + (column * patch);
                        for (int end = x + patch; x < end; x++)
                        {
                            bool inside = y < image.Height && x < image.Width;
                            values[at++] = table[inside ? pixels[(3 * ((y * image.Width) + x)) + channel] : 0];
                        }
                    }
                }
            }
        }
    }

    /// <summary>(v / 255 − mean) / deviation for every byte v, per channel: [3, 256].</summary>
    private static float[] NormalValues(VisionSettings settings)
    {
        float[] table = new float[3 * 256];
        for (int channel = 0; channel < 3; channel++)
        {
            float factor = 1f / settings.Deviation[channel];
            for (int value = 0; value < 256; value++)
            {
                table[(channel * 256) + value] = ((value / 255f) - settings.Mean[channel]) * factor;
            }
        }

        return table;
    }
}
