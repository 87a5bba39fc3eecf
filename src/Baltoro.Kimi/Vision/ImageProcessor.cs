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
        return Build(image, ImageGeometry.Of(image.Width, image.Height, settings.PatchLimit, settings), settings);
    }

    /// <summary>The patches of one chunk of a video; every frame is scaled as the first one.</summary>
    /// <param name="frames">The frames that the chunk's plan names; one at a time is looked at.</param>
    /// <param name="count">How many they are.</param>
    /// <exception cref="ImageRefusedException">The model does not take this size or number of frames, or sizes differ.</exception>
    public static ImagePatches ProcessChunk(IEnumerable<PixelImage> frames, int count, VideoPlan plan, VisionSettings settings)
    {
        if (count < 1 || count > settings.FramesPerChunk)
        {
            throw new ImageRefusedException($"a chunk has {count} frames; allowed are 1 to {settings.FramesPerChunk}");
        }

        FrameWriter? writer = null;
        foreach (PixelImage frame in frames)
        {
            writer ??= new FrameWriter(frame, ImageGeometry.Of(frame.Width, frame.Height, plan.FramePatchLimit, settings), count, settings);
            writer.Add(frame);
        }

        return writer?.Patches ?? throw new ImageRefusedException("a chunk has 0 frames");
    }

    private static ImagePatches Build(PixelImage image, ImageGeometry geometry, VisionSettings settings)
    {
        FrameWriter writer = new(image, geometry, 1, settings);
        writer.Add(image);
        return writer.Patches;
    }

    /// <summary>Patches of frames of one size, written one frame after the other.</summary>
    private sealed class FrameWriter
    {
        private readonly VisionSettings _settings;
        private readonly ImageGeometry _geometry;
        private readonly PatchGrid _grid;
        private readonly float[] _values;
        private readonly float[] _normal;
        private readonly (int Width, int Height) _size;
        private int _written;

        public FrameWriter(PixelImage first, ImageGeometry geometry, int count, VisionSettings settings)
        {
            _settings = settings;
            _geometry = geometry;
            _size = (first.Width, first.Height);
            _grid = MediaTokens.GridOf(geometry, count, settings);
            _values = new float[checked(_grid.PatchCount * 3 * settings.PatchSize * settings.PatchSize)];
            _normal = NormalValues(settings);
        }

        public ImagePatches Patches => new(_grid, _geometry.CellCount(_settings.CellSize), _values);

        public void Add(PixelImage frame)
        {
            if ((frame.Width, frame.Height) != _size)
            {
                throw new ImageRefusedException(
                    $"frames of one video have one size; found {_size.Width} x {_size.Height} and {frame.Width} x {frame.Height}");
            }

            PixelImage scaled = BicubicResizer.Resize(frame, _geometry.ScaledWidth, _geometry.ScaledHeight);
            int frameValues = _values.Length / _grid.Frames;
            WritePatches(scaled, _geometry, _grid, _settings.PatchSize, _normal, _values.AsSpan(_written++ * frameValues, frameValues));
        }
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
