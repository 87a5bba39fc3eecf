namespace Baltoro.Kimi.Vision;

/// <summary>
/// The sizes a picture goes through, in pixels: scaled to <c>Scaled</c>, then padded (right, bottom) or cut (from the centre)
/// to <c>Final</c>. Source: the published preprocessors of Kimi K2.5 (navit_resize_image) and Kimi-VL (rescale).
/// </summary>
internal readonly record struct ImageGeometry(int ScaledWidth, int ScaledHeight, int FinalWidth, int FinalHeight)
{
    /// <summary>The sizes of a picture under a limit of patches.</summary>
    /// <exception cref="ImageRefusedException">Kimi-VL: a side has too many patches, or nothing is left after cutting.</exception>
    public static ImageGeometry Of(int width, int height, int patchLimit, VisionSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return settings.Family switch
        {
            VisionFamily.K25 => OfK25(width, height, patchLimit, settings),
            VisionFamily.KimiVl => OfKimiVl(width, height, patchLimit, settings),
            _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Family, "no such family"),
        };
    }

    public int CellCount(int cellSize) => checked(FinalWidth / cellSize * (FinalHeight / cellSize));

    private static ImageGeometry OfK25(int width, int height, int patchLimit, VisionSettings settings)
    {
        int patch = settings.PatchSize;
        double side = settings.SideLimit * patch;
        double area = Math.Sqrt(patchLimit / (Math.Max(1.0, width / patch) * Math.Max(1.0, height / patch)));
        double scale = Math.Min(Math.Min(1.0, area), Math.Min(side / width, side / height));
        int scaledWidth = Math.Min(Math.Max(1, (int)(width * scale)), settings.SideLimit * patch);
        int scaledHeight = Math.Min(Math.Max(1, (int)(height * scale)), settings.SideLimit * patch);
        return new ImageGeometry(
            scaledWidth, scaledHeight, RoundUp(scaledWidth, settings.CellSize), RoundUp(scaledHeight, settings.CellSize));
    }

    private static ImageGeometry OfKimiVl(int width, int height, int patchLimit, VisionSettings settings)
    {
        int patch = settings.PatchSize;
        long patches = (long)(width / patch) * (height / patch);
        int scaledWidth = width;
        int scaledHeight = height;
        if (patches > patchLimit)
        {
            double scale = Math.Sqrt(patchLimit / (double)patches);
            scaledWidth = (int)(width * scale);
            scaledHeight = (int)(height * scale);
        }

        int cell = settings.CellSize;
        ImageGeometry geometry = settings.PadInput
            ? new ImageGeometry(scaledWidth, scaledHeight, RoundUp(scaledWidth, cell), RoundUp(scaledHeight, cell))
            : new ImageGeometry(scaledWidth, scaledHeight, scaledWidth / cell * cell, scaledHeight / cell * cell);
        int longest = Math.Max(geometry.FinalWidth, geometry.FinalHeight) / patch;
        if (longest >= settings.SideLimit)
        {
            throw new ImageRefusedException(
                $"a picture of {width} x {height} pixels has {longest} patches on its longer side; allowed are {settings.SideLimit - 1}");
        }

        return geometry.FinalWidth > 0 && geometry.FinalHeight > 0
            ? geometry
            : throw new ImageRefusedException($"a picture of {width} x {height} pixels is smaller than one cell of {cell} x {cell}");
    }

    private static int RoundUp(int pixels, int cell) => (pixels + cell - 1) / cell * cell;
}
