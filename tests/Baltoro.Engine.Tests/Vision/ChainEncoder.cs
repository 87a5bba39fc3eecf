using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>A tower without weights: one float per media token, mixed from the image's hash and the token's index, after as many slices as it has rows.</summary>
internal sealed class ChainEncoder : IImageEncoder
{
    private ImageInput? _image;
    private int _left;

    public VisionFacts Facts { get; } = new()
    {
        TakesVideo = false,
        PatchSize = 1,
        MergeSize = 1,
        SideLimit = 64,
        FrameLimit = 1,
        MediaPadId = 1,
    };

    public int Width => 1;

    public IImageEncoder? Beside { get; init; }

    /// <summary>Images whose encoding fails at its last slice.</summary>
    public Func<ImageInput, bool> Fails { get; set; } = _ => false;

    /// <summary>Images that are never done while it says so.</summary>
    public Func<ImageInput, bool> Lasts { get; set; } = _ => false;

    public void Begin(ImageInput image)
    {
        _image = image;
        _left = image.Rows;
    }

    public float[]? Advance()
    {
        ImageInput image = _image ?? throw new InvalidOperationException("no image was begun");
        if (Lasts(image) || --_left > 0)
        {
            return null;
        }

        if (Fails(image))
        {
            throw new InvalidOperationException("planned failure of an image");
        }

        _image = null;
        return [.. Enumerable.Range(0, image.Rows * image.Columns).Select(i => (float)((image.Hash.Part0 >> 44) + (ulong)i))];
    }

    public void Abandon() => _image = null;

    /// <summary>Picture number <paramref name="number"/>.</summary>
    public static ImageInput Picture(int number)
    {
        int rows = 1 + (number % 7);
        int columns = 1 + (number / 7 % 5);
        float[] values = new float[rows * columns * 3];
        values[0] = number;
        return new ImageInput(1, rows, columns, values);
    }
}
