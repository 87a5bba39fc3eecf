using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// One block of the tower: x += wo · Attention(norm0 x), then x += fc1 · gelu(fc0 · norm1 x) with the tanh form. Every patch of the
/// image, of all frames, sees every other. Keys and values of the whole image come first; the rest is done row by row.
/// </summary>
internal sealed class VisionBlock(VisionConfig config, VisionLayerWeights weights, KernelTable kernels, VisionSpace space)
{
    private readonly float _scale = (float)(1 / Math.Sqrt(config.HeadDim));

    /// <summary>Keys (rotated, transposed) and values of the slice's rows. Starts with the angles of the worker's own rows filled.</summary>
    public void ComputeKeys(Worker worker, VisionSlice slice)
    {
        PartRange rows = worker.Split(slice.Count);
        Norm(worker, slice, weights.AttentionNorm);
        PartRange outs = worker.Split(2 * config.HiddenSize, Linear.OutGranule);
        RowBlock keys = space.SliceKeys;
        RowBlock values = space.Values.Slice(slice.First, slice.Count);
        VisionOps.Linear(kernels, weights.Key, space.Normed, keys, outs.Within(0, config.HiddenSize));
        VisionOps.Linear(kernels, weights.Value, space.Normed, values, outs.Within(config.HiddenSize, config.HiddenSize));
        worker.Barrier();
        for (int row = rows.Start; row < rows.End; row++)
        {
            VisionOps.RotateHeads(kernels, keys.Row(row), space.Cos.Row(row), space.Sin.Row(row));
            int patch = slice.First + row;
            RowBlock tile = space.KeyTiles.Slice(patch / FullAttention.TileKeys * config.HiddenSize, config.HiddenSize);
            VisionOps.SetColumn(keys.Row(row), tile, patch % FullAttention.TileKeys);
        }
    }

    /// <summary>Replaces the slice's rows of Hidden by the block's output. Needs the keys of the whole image.</summary>
    public void Forward(Worker worker, VisionSlice slice)
    {
        RowBlock hidden = space.Hidden.Slice(slice.First, slice.Count);
        PartRange outs = worker.Split(config.HiddenSize, Linear.OutGranule);
        Norm(worker, slice, weights.AttentionNorm);
        VisionOps.Linear(kernels, weights.Query, space.Normed, space.Query, outs);
        worker.Barrier();
        Attend(worker, slice);
        worker.Barrier();
        VisionOps.Linear(kernels, weights.Output, space.AttentionOut, space.Projected, outs);
        RowOps.Add(kernels, 1f, space.Projected, hidden, outs);
        worker.Barrier();
        Norm(worker, slice, weights.MlpNorm);
        PartRange middle = worker.Split(config.MlpWidth, Linear.OutGranule);
        VisionOps.Linear(kernels, weights.Up, space.Normed, space.Mlp, middle);
        VisionOps.GeluTanh(kernels, space.Mlp, middle);
        worker.Barrier();
        VisionOps.Linear(kernels, weights.Down, space.Mlp, space.Projected, outs);
        RowOps.Add(kernels, 1f, space.Projected, hidden, outs);
    }

    /// <summary>Normed = norm(Hidden) of the slice; ends behind a barrier.</summary>
    private void Norm(Worker worker, VisionSlice slice, NormWeights norm)
    {
        RowBlock hidden = space.Hidden.Slice(slice.First, slice.Count);
        VisionOps.LayerNorm(kernels, hidden, norm, config.NormEps, space.Normed, worker.Split(slice.Count));
        worker.Barrier();
    }

    /// <summary>Each worker takes whole pairs of head and block of rows: rotates the queries, attends.</summary>
    private void Attend(Worker worker, VisionSlice slice)
    {
        int blocks = (slice.Count + FullAttention.BlockRows - 1) / FullAttention.BlockRows;
        PartRange items = worker.Split(config.HeadCount * blocks);
        for (int item = items.Start; item < items.End; item++)
        {
            int first = item % blocks * FullAttention.BlockRows;
            AttendBlock(worker, item / blocks, first, Math.Min(FullAttention.BlockRows, slice.Count - first));
        }
    }

    private void AttendBlock(Worker worker, int head, int first, int count)
    {
        int width = config.HeadDim;
        RowBlock queries = space.Query.Slice(first, count).Columns(head * width, width);
        for (int row = 0; row < count; row++)
        {
            RowOps.Rotate(kernels, queries.Row(row), space.Cos.Row(first + row), space.Sin.Row(first + row));
        }

        FullAttention.Run(
            kernels,
            space.Attention[worker.Index],
            _scale,
            queries,
            space.KeyTiles.Slice(head * width, space.KeyTiles.Rows - (head * width)),
            config.HiddenSize,
            space.Values.Columns(head * width, width),
            space.AttentionOut.Slice(first, count).Columns(head * width, width));
    }
}
