using Baltoro.Engine.Kernels;
using Baltoro.Engine.Threads;

namespace Baltoro.Engine.Ops;

/// <summary>
/// <see cref="AbsorbedAttention"/> with products in bfloat16 (float32 sums), for models whose attention weights are quantized
/// anyway: 16 heads side by side against tiles of 128 cached rows, each of which is read and rounded once for all of them. Every
/// tile's softmax stands alone; tiles are joined in the order of their keys, first within a task, then the tasks of a row.
/// Source: DeepSeek-V3 multi-head latent attention, absorbed form.
/// </summary>
internal static unsafe class DecodeAttention
{
    /// <summary>Keys of one tile; part of the result's definition.</summary>
    public const int TileKeys = 128;

    private const int Lanes = Bf16Args.PanelLanes;

    /// <summary>Elements from one panel of values to the next: one pair more than there is, so that panels do not share cache sets.</summary>
    public const int PanelStride = (TileKeys + 2) * Lanes;

    /// <summary>Puts up to 16 queries [rank + rope] (absorbed and rotated) side by side; lanes without one are zero.</summary>
    public static void SetQueries(DecodeScratch scratch, RowBlock queries)
    {
        new Span<ushort>(scratch.Queries, queries.Width * Lanes).Clear();
        for (int head = 0; head < queries.Rows; head++)
        {
            PromptKernels.Round(queries.RowAt(head), queries.Width, scratch.Row);
            PromptKernels.PackLane(scratch.Row, queries.Width, head, scratch.Queries);
        }
    }

    /// <summary>
    /// Computes one task with the queries set last. Shapes: values[16, rank] and stats[2, 16], both written; the first
    /// <paramref name="heads"/> rows of values mean something. Threads: any, each with its own scratch.
    /// </summary>
    public static void Run(
        Bf16Kernels kernels, DecodeScratch scratch, LatentPages pages, DecodeTask task, int heads, float scale, RowBlock values, RowBlock stats)
    {
        for (int key = 0; key < task.KeyCount; key += TileKeys)
        {
            int count = Math.Min(TileKeys, task.KeyCount - key);
            bool first = key == 0;
            float* tileStats = first ? stats.Data : scratch.Stats;
            float* tileValues = first ? values.Data : scratch.Tile;
            int width = Load(kernels, scratch, pages, task.FirstKey + key, count, values.Width);
            RunTile(kernels, scratch, count, width, heads, scale, values.Width, tileValues, tileStats);
            if (!first)
            {
                DecodeKernels.Join(stats.Data, stats.Data + Lanes, values.Data, tileStats, tileStats + Lanes, tileValues, heads, values.Width);
            }
        }
    }

    /// <summary>One head's output: what its tasks left behind, joined in the order of their keys, over the sum of all weights.</summary>
    public static void Join(KernelTable kernels, DecodePlan plan, PartRange tasks, int lane, Span<float> output)
    {
        float largest = float.NegativeInfinity;
        for (int task = tasks.Start; task < tasks.End; task++)
        {
            largest = MathF.Max(largest, plan.Stats(task).Row(0)[lane]);
        }

        float sum = 0;
        output.Clear();
        for (int task = tasks.Start; task < tasks.End; task++)
        {
            RowBlock stats = plan.Stats(task);
            float factor = MathF.Exp(stats.Row(0)[lane] - largest);
            sum = MathF.FusedMultiplyAdd(stats.Row(1)[lane], factor, sum);
            RowOps.Add(kernels, factor, plan.Values(task).Row(lane), output);
        }

        float inverse = 1 / sum;
        for (int i = 0; i < output.Length; i++)
        {
            output[i] *= inverse;
        }
    }

    private static void RunTile(
        Bf16Kernels kernels, DecodeScratch scratch, int count, int width, int heads, float scale, int rank, float* values, float* stats)
    {
        kernels.Product(new Bf16Args
        {
            A = scratch.Keys,
            AStride = width,
            Rows = count,
            Depth = width,
            B = scratch.Queries,
            Single = true,
            C = scratch.Scores,
            CStride = Lanes,
        });
        int depth = (count + Bf16Args.DepthGranule - 1) / Bf16Args.DepthGranule * Bf16Args.DepthGranule;
        DecodeKernels.Softmax(scratch.Scores, count, depth, scale, stats, stats + Lanes, scratch.Weights, TileKeys);
        for (int column = 0; column < rank; column += Bf16Args.Lanes)
        {
            kernels.Product(new Bf16Args
            {
                A = scratch.Weights,
                AStride = TileKeys,
                Rows = heads,
                Depth = depth,
                B = scratch.Values + (column / Lanes * PanelStride),
                PanelStride = PanelStride,
                C = values + column,
                CStride = rank,
            });
        }
    }

    /// <summary>Rounds the rows [first, first + count) into the scratch, in pairs up to a whole granule; returns their width.</summary>
    private static int Load(Bf16Kernels kernels, DecodeScratch scratch, LatentPages pages, int first, int count, int rank)
    {
        int width = 0;
        int depth = (count + Bf16Args.DepthGranule - 1) / Bf16Args.DepthGranule * Bf16Args.DepthGranule;
        RowBlock page = default;
        int used = 0;
        for (int key = 0; key < depth; key += 2)
        {
            if (key < count && used == page.Rows)
            {
                page = pages.Rows(first + key, count - key);
                used = 0;
                width = page.Width;
            }

            // A page starts at an even position, so a pair never lies in two.
            float* one = key < count ? page.RowAt(used++) : scratch.NoRow;
            float* two = key + 1 < count ? page.RowAt(used++) : scratch.NoRow;
            kernels.RoundPair(new LatentPairArgs
            {
                First = one,
                Second = two,
                Rank = rank,
                Rope = width - rank,
                FirstKey = scratch.Keys + (key * width),
                SecondKey = scratch.Keys + ((key + 1) * width),
                Values = scratch.Values + (key * Lanes),
                PanelBytes = PanelStride * sizeof(ushort),
            });
        }

        return width;
    }
}
