using Baltoro.Engine.Kernels;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Ops;

/// <summary>
/// <see cref="PlainAttention"/> with products in bfloat16 (float32 sums), for models whose attention weights are quantized
/// anyway. Query rows lie in lanes, 32 to a block that starts at a multiple of 32 positions, and a block walks the tiles of 128
/// keys from position 0 up to its last position, so what is done for a row depends on its position alone (I4, I5, I6).
/// Source: DeepSeek-V3 multi-head latent attention, plain form; online softmax.
/// </summary>
internal static unsafe class PromptAttention
{
    private const int Lanes = Bf16Args.Lanes;
    private const int TileKeys = PromptKernels.TileKeys;

    /// <summary>
    /// Shapes: queries[rows, nope + rope] of the head (rotated), panels of the head, outputs[rows, value] (written). Row r stands
    /// at position startPosition + r. Threads: any, on disjoint heads.
    /// </summary>
    public static void Run(
        Bf16Kernels kernels,
        PromptScratch scratch,
        LatentPages pages,
        int startPosition,
        float scale,
        LatentPanels panels,
        RowBlock queries,
        RowBlock outputs)
    {
        if (outputs.Rows != queries.Rows || outputs.Width != panels.ValueRows || queries.Width <= panels.KeyRows)
        {
            throw new ArgumentException(
                $"queries[{queries.Rows}, {queries.Width}], outputs[{outputs.Rows}, {outputs.Width}] for {panels.KeyRows} + {panels.ValueRows} rows");
        }

        int firstBlock = startPosition / Lanes;
        int keyCount = startPosition + queries.Rows;
        int blocks = ((keyCount - 1) / Lanes) - firstBlock + 1;
        scratch.Begin(blocks);
        for (int row = 0; row < queries.Rows; row++)
        {
            int lane = startPosition + row - (firstBlock * Lanes);
            PromptKernels.Round(queries.RowAt(row), queries.Width, scratch.Row);
            PromptKernels.PackLane(scratch.Row, queries.Width, lane % Lanes, scratch.Queries(lane / Lanes));
        }

        for (int tile = 0; tile < keyCount; tile += TileKeys)
        {
            Decompress(kernels, scratch, pages, tile, Math.Min(TileKeys, keyCount - tile), panels, queries.Width);
            for (int block = Math.Max(0, (tile / Lanes) - firstBlock); block < blocks; block++)
            {
                Attend(kernels, scratch, block, tile, (firstBlock + block) * Lanes, scale, queries.Width, panels.ValueRows);
            }
        }

        for (int row = 0; row < queries.Rows; row++)
        {
            int lane = startPosition + row - (firstBlock * Lanes);
            Finish(scratch, lane / Lanes, lane % Lanes, outputs.Row(row));
        }
    }

    private static void Attend(
        Bf16Kernels kernels, PromptScratch scratch, int block, int tile, int firstPosition, float scale, int width, int valueRows)
    {
        int keys = Math.Min(TileKeys, firstPosition + Lanes - tile);
        kernels.Product(new Bf16Args
        {
            A = scratch.Keys,
            AStride = width,
            Rows = keys,
            Depth = width,
            B = scratch.Queries(block),
            PanelStride = (nint)width * Bf16Args.PanelLanes,
            C = scratch.Scores,
            CStride = Lanes,
        });
        float* state = scratch.States(block);
        PromptKernels.Softmax(scratch.Scores, keys, tile, firstPosition, scale, state, state + Lanes, scratch.Factors, scratch.Weights);
        kernels.Product(new Bf16Args
        {
            A = scratch.Values,
            AStride = TileKeys,
            Rows = valueRows,
            Depth = keys,
            B = scratch.Weights,
            PanelStride = TileKeys * Bf16Args.PanelLanes,
            C = scratch.Sums(block),
            CStride = Lanes,
            Factors = scratch.Factors,
        });
    }

    /// <summary>Fills the scratch with keys and values of the positions [tile, tile + count); those behind are zero.</summary>
    private static void Decompress(
        Bf16Kernels kernels, PromptScratch scratch, LatentPages pages, int tile, int count, LatentPanels panels, int width)
    {
        int rope = width - panels.KeyRows;
        new Span<ushort>(scratch.Latents, TileKeys * panels.Rank).Clear();
        new Span<ushort>(scratch.Keys, TileKeys * width).Clear();
        for (int done = 0; done < count;)
        {
            RowBlock cached = pages.Rows(tile + done, count - done);
            if (cached.Width != panels.Rank + rope)
            {
                throw new ArgumentException($"cached rows of {cached.Width}, not {panels.Rank} + {rope}", nameof(pages));
            }

            for (int i = 0; i < cached.Rows; i++, done++)
            {
                PromptKernels.Round(cached.RowAt(i), panels.Rank, scratch.Latents + (done * panels.Rank));
                PromptKernels.Round(cached.RowAt(i) + panels.Rank, rope, scratch.Keys + (done * width) + panels.KeyRows);
            }
        }

        for (int lane = 0; lane < panels.Lanes; lane += Lanes)
        {
            kernels.Product(new Bf16Args
            {
                A = scratch.Latents,
                AStride = panels.Rank,
                Rows = TileKeys,
                Depth = panels.Rank,
                B = panels.Data + (lane * (nint)panels.Rank),
                PanelStride = panels.PanelStride,
                C = scratch.Decompressed + lane,
                CStride = panels.Lanes,
            });
        }

        for (int key = 0; key < count; key++)
        {
            PromptKernels.Round(scratch.Decompressed + (key * panels.Lanes), panels.KeyRows, scratch.Keys + (key * width));
        }

        PromptKernels.RoundTransposed(scratch.Decompressed + panels.KeyRows, panels.Lanes, panels.ValueRows, scratch.Values);
    }

    private static void Finish(PromptScratch scratch, int block, int lane, Span<float> output)
    {
        float* sum = scratch.Sums(block) + lane;
        float weight = scratch.States(block)[Lanes + lane];
        for (int i = 0; i < output.Length; i++)
        {
            output[i] = sum[i * Lanes] / weight;
        }
    }
}
