using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// Drives the tower through an image in slices of bounded arithmetic: Embed, then Keys and Block of every layer, then Merge. The
/// tower belongs to whoever made it.
/// </summary>
internal sealed class ImageEncoder : IImageEncoder
{
    /// <summary>Fewest rows of a slice, however little is left of the budget.</summary>
    private const int LeastRows = 16;

    /// <summary>Multiply-adds up to which a slice stays on one thread; see <see cref="KimiModel"/>.</summary>
    private const long AloneMultiplyAdds = 16_000_000;

    private readonly VisionConfig _config;
    private readonly VisionTower _tower;
    private readonly WorkerPool _pool;
    private readonly long _sliceMultiplyAdds;
    private ImageInput? _image;
    private float[] _embeddings = [];
    private VisionSlice _next;

    /// <param name="sliceMultiplyAdds">Arithmetic of one call of <see cref="Advance"/>, about.</param>
    public ImageEncoder(VisionConfig config, VisionTower tower, WorkerPool pool, long sliceMultiplyAdds, int? mediaPadId)
    {
        _config = config;
        _tower = tower;
        _pool = pool;
        _sliceMultiplyAdds = sliceMultiplyAdds;
        Facts = config.Facts(mediaPadId);
    }

    public VisionFacts Facts { get; }

    public int Width => _config.TextWidth;

    /// <inheritdoc/>
    public IImageEncoder? Beside { get; init; }

    public void Begin(ImageInput image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Patches.Length != image.PatchCount * _config.PatchWidth || CellCount(image) == 0)
        {
            throw new ArgumentException(
                $"an image of {image.Frames} x {image.Rows} x {image.Columns} patches has {image.Patches.Length} values", nameof(image));
        }

        _tower.Begin(image);
        _image = image;
        _embeddings = new float[checked(CellCount(image) * Width)];
        _next = new VisionSlice(VisionStage.Embed, 0, 0, 0);
    }

    public float[]? Advance()
    {
        ImageInput image = _image ?? throw new InvalidOperationException("no image was begun");
        long budget = _sliceMultiplyAdds;
        while (budget > 0 && _next.Stage != VisionStage.Done)
        {
            long perRow = VisionCost.PerRow(_config, _next.Stage, image.PatchCount);
            int most = Math.Min(RowsOf(_next.Stage, image) - _next.First, VisionSpace.SliceRows);
            int count = (int)Math.Min(Math.Max(budget / perRow, LeastRows), most);
            Run(_next with { Count = count }, perRow * count);
            budget -= perRow * count;
            _next = After(_next with { Count = count }, image);
        }

        if (_next.Stage != VisionStage.Done)
        {
            return null;
        }

        float[] done = _embeddings;
        Abandon();
        return done;
    }

    public void Abandon()
    {
        _image = null;
        _embeddings = [];
        _tower.End();
    }

    private void Run(VisionSlice slice, long multiplyAdds)
    {
        _tower.Prepare(slice);
        if (multiplyAdds <= AloneMultiplyAdds)
        {
            _pool.RunAlone(_tower);
        }
        else
        {
            _pool.Run(_tower);
        }

        if (slice.Stage == VisionStage.Merge)
        {
            RowBlock cells = _tower.Embeddings;
            for (int row = 0; row < slice.Count; row++)
            {
                cells.Row(row).CopyTo(_embeddings.AsSpan((slice.First + row) * Width, Width));
            }
        }
    }

    private int CellCount(ImageInput image) => image.Rows / _config.MergeSize * (image.Columns / _config.MergeSize);

    private int RowsOf(VisionStage stage, ImageInput image) =>
        stage == VisionStage.Merge ? CellCount(image) : checked((int)image.PatchCount);

    /// <summary>Where the work goes on: further in the stage, or at the start of the next one.</summary>
    private VisionSlice After(VisionSlice slice, ImageInput image)
    {
        int end = slice.First + slice.Count;
        if (end < RowsOf(slice.Stage, image))
        {
            return slice with { First = end, Count = 0 };
        }

        return slice.Stage switch
        {
            VisionStage.Embed => new VisionSlice(VisionStage.Keys, 0, 0, 0),
            VisionStage.Keys => new VisionSlice(VisionStage.Block, slice.Layer, 0, 0),
            VisionStage.Block when slice.Layer + 1 < _config.LayerCount => new VisionSlice(VisionStage.Keys, slice.Layer + 1, 0, 0),
            VisionStage.Block => new VisionSlice(VisionStage.Merge, 0, 0, 0),
            _ => new VisionSlice(VisionStage.Done, 0, 0, 0),
        };
    }
}
