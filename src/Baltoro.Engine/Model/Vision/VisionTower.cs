using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Vision;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// MoonViT and MoonViT-3D with their projector, one image at a time, one slice of rows per call. All workers walk through
/// <see cref="Execute"/> side by side. A row's value depends on the image alone, never on how it is cut into slices or how many
/// threads there are (I4, I6). Source: Kimi-VL and Kimi K2.5.
/// </summary>
internal sealed class VisionTower : IParallelWork, IDisposable
{
    private readonly VisionConfig _config;
    private readonly VisionWeights _weights;
    private readonly KernelTable _kernels;
    private readonly VisionSpace _space;
    private readonly PatchRope _rope;
    private readonly VisionBlock[] _blocks;
    private ImageInput? _image;
    private PatchPositions? _positions;
    private VisionSlice _slice;

    public VisionTower(VisionConfig config, VisionWeights weights, KernelTable kernels, int workerCount)
    {
        _config = config;
        _weights = weights;
        _kernels = kernels;
        _space = new VisionSpace(config, kernels, workerCount);
        _rope = new PatchRope(config.HeadDim, VisionConfig.SideLimit);
        _blocks = [.. weights.Layers.Select(layer => new VisionBlock(config, layer, kernels, _space))];
    }

    /// <summary>Starts on an image, which must fit the tower; whatever was begun before is dropped.</summary>
    public void Begin(ImageInput image)
    {
        _image = image;
        _positions = new PatchPositions(_config, _weights.Positions, image);
        _space.Begin(image);
    }

    /// <summary>Makes room for a slice; <see cref="Execute"/> then computes it.</summary>
    public void Prepare(VisionSlice slice)
    {
        _slice = slice;
        if (slice.Stage == VisionStage.Merge)
        {
            _space.BeginCells(slice.Count);
        }
        else
        {
            _space.BeginPatches(slice.Count);
        }
    }

    /// <summary>[cells of the last slice, text width], after a slice of <see cref="VisionStage.Merge"/>.</summary>
    public RowBlock Embeddings => _space.Embeddings;

    /// <summary>Gives the image's memory back.</summary>
    public void End()
    {
        _image = null;
        _positions = null;
        _space.End();
    }

    /// <inheritdoc/>
    public void Execute(Worker worker)
    {
        switch (_slice.Stage)
        {
            case VisionStage.Embed:
                Embed(worker);
                break;
            case VisionStage.Keys:
                FillAngles(worker);
                _blocks[_slice.Layer].ComputeKeys(worker, _slice);
                break;
            case VisionStage.Block:
                FillAngles(worker);
                _blocks[_slice.Layer].Forward(worker, _slice);
                break;
            case VisionStage.Merge:
                Merge(worker);
                break;
            default:
                throw new InvalidOperationException($"{_slice.Stage} is not computed");
        }
    }

    public void Dispose() => _space.Dispose();

    private ImageInput Image => _image ?? throw new InvalidOperationException("no image is being encoded");

    /// <summary>x = proj · patch + bias + position, for the slice's patches.</summary>
    private void Embed(Worker worker)
    {
        PartRange rows = worker.Split(_slice.Count);
        RowBlock patches = _space.Patches;
        ReadOnlySpan<float> pixels = Image.Patches.Span.Slice(_slice.First * _config.PatchWidth, _slice.Count * _config.PatchWidth);
        for (int row = rows.Start; row < rows.End; row++)
        {
            pixels.Slice(row * _config.PatchWidth, _config.PatchWidth).CopyTo(patches.Row(row));
        }

        worker.Barrier();
        RowBlock hidden = _space.Hidden.Slice(_slice.First, _slice.Count);
        VisionOps.Linear(_kernels, _weights.PatchEmbed, patches, hidden, worker.Split(_config.HiddenSize, Linear.OutGranule));
        worker.Barrier();
        for (int row = rows.Start; row < rows.End; row++)
        {
            (int frame, int y, int x) = Place(_slice.First + row);
            _positions!.Add(_kernels, frame, y, x, hidden.Row(row)); // set with the image
        }
    }

    /// <summary>The rotary factors of the slice's patches, each worker for its rows (no barrier).</summary>
    private void FillAngles(Worker worker)
    {
        PartRange rows = worker.Split(_slice.Count);
        for (int row = rows.Start; row < rows.End; row++)
        {
            (_, int y, int x) = Place(_slice.First + row);
            _rope.Fill(y, x, _space.Cos.Row(row), _space.Sin.Row(row));
        }
    }

    private (int Frame, int Row, int Column) Place(int patch)
    {
        ImageInput image = Image;
        int row = patch / image.Columns;
        return (row / image.Rows, row % image.Rows, patch % image.Columns);
    }

    /// <summary>
    /// Final norm, mean over frames, the projector's norm per patch, patches of a cell side by side, two layers with the exact
    /// GELU between.
    /// </summary>
    private void Merge(Worker worker)
    {
        RowBlock cells = _space.Cells;
        PartRange own = worker.Split(_slice.Count);
        for (int cell = own.Start; cell < own.End; cell++)
        {
            FillCell(worker, _slice.First + cell, cells, cell);
        }

        worker.Barrier();
        PartRange middle = worker.Split(_config.CellWidth, Linear.OutGranule);
        VisionOps.Linear(_kernels, _weights.ProjectorIn, cells, _space.CellMlp, middle);
        VisionOps.GeluErf(_kernels, _space.CellMlp, middle);
        worker.Barrier();
        PartRange outs = worker.Split(_config.TextWidth, Linear.OutGranule);
        VisionOps.Linear(_kernels, _weights.ProjectorOut, _space.CellMlp, _space.Embeddings, outs);
    }

    private void FillCell(Worker worker, int cell, RowBlock cells, int target)
    {
        ImageInput image = Image;
        int merge = _config.MergeSize;
        int cellColumns = image.Columns / merge;
        int firstRow = cell / cellColumns * merge;
        int firstColumn = cell % cellColumns * merge;
        RowBlock parts = cells.Slice(target, 1);
        for (int i = 0; i < _config.CellPatches; i++)
        {
            int patch = ((firstRow + (i / merge)) * image.Columns) + firstColumn + (i % merge);
            RowBlock part = parts.Columns(i * _config.HiddenSize, _config.HiddenSize);
            PoolFrames(worker, patch, part);
            VisionOps.LayerNorm(_kernels, part, _weights.ProjectorNorm, _config.ProjectorEps, part, new PartRange(0, 1));
        }
    }

    /// <summary>y[hidden] = the mean over all frames of the final norm of one place.</summary>
    private void PoolFrames(Worker worker, int patch, RowBlock y)
    {
        ImageInput image = Image;
        PartRange one = new(0, 1);
        RowBlock hidden = _space.Hidden;
        VisionOps.LayerNorm(_kernels, hidden.Slice(patch, 1), _weights.FinalNorm, _config.NormEps, y, one);
        if (image.Frames == 1)
        {
            return;
        }

        RowBlock other = _space.Scratch(worker.Index);
        for (int frame = 1; frame < image.Frames; frame++)
        {
            int at = (frame * image.Rows * image.Columns) + patch;
            VisionOps.LayerNorm(_kernels, hidden.Slice(at, 1), _weights.FinalNorm, _config.NormEps, other, one);
            RowOps.Add(_kernels, 1f, other.Row(0), y.Row(0));
        }

        foreach (ref float value in y.Row(0))
        {
            value /= image.Frames;
        }
    }
}
