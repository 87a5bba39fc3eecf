using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Bench.Kernels;

/// <summary>Attention of one layer of the mid-size shape (16 heads, latent 512 + 64, heads 128 + 64 and 128) on one core.</summary>
internal static unsafe class AttentionBench
{
    private const int Heads = 16;
    private const int PromptRows = 512;

    private static readonly KimiConfig _config = new()
    {
        HiddenSize = 2048,
        LayerCount = 1,
        HeadCount = Heads,
        LatentRank = 512,
        NopeHeadDim = 128,
        RopeHeadDim = 64,
        ValueHeadDim = 128,
        DenseWidth = 2048,
        RmsNormEps = 1e-5f,
        InnerNormEps = 1e-5f,
        RopeTheta = 50000,
        MaxPositions = 131072,
        VocabularySize = 256,
    };

    /// <summary>One generated token against <paramref name="keys"/> cached ones.</summary>
    public static object Absorbed(KernelTable kernels, int keys, double float32)
    {
        using LatentCache cache = Cache(keys);
        using AttentionScratch scratch = new(_config, kernels, quantized: false);
        using RowBuffer queries = new(_config.CacheRowWidth);
        using RowBuffer values = new(_config.LatentRank);
        queries.Reserve(Heads);
        values.Reserve(Heads);
        Fill(queries.Rows(Heads));
        LatentPages pages = new(cache, 0, Enumerable.Range(0, cache.PageCount).ToArray());
        (double best, double seconds) = ThreadClock.Measure(9, () => AbsorbedAttention.Run(
            kernels, scratch, pages, keys, 0.07f, queries.Rows(Heads), values.Rows(Heads), new PartRange(0, Heads)));
        double products = (double)keys * Heads * (_config.CacheRowWidth + _config.LatentRank);
        return Result(keys, 1, best, seconds, products, float32);
    }

    /// <summary>As <see cref="Absorbed"/>, in bfloat16.</summary>
    public static object Decode(KernelTable kernels, int keys, double bf16)
    {
        using LatentCache cache = Cache(keys);
        using DecodeScratch scratch = new(_config);
        using RowBuffer queries = new(_config.CacheRowWidth);
        using RowBuffer values = new(_config.LatentRank);
        using RowBuffer stats = new(Bf16Args.PanelLanes);
        queries.Reserve(Heads);
        values.Reserve(Heads);
        stats.Reserve(2);
        Fill(queries.Rows(Heads));
        LatentPages pages = new(cache, 0, Enumerable.Range(0, cache.PageCount).ToArray());
        (double best, double seconds) = ThreadClock.Measure(9, () =>
        {
            DecodeAttention.SetQueries(scratch, queries.Rows(Heads));
            DecodeAttention.Run(kernels.Bf16!, scratch, pages, new DecodeTask(0, 0, 0, 0, keys), Heads, 0.07f, values.Rows(Heads), stats.Rows(2));
        });
        double products = (double)keys * Heads * (_config.CacheRowWidth + _config.LatentRank);
        return Result(keys, 1, best, seconds, products, bf16);
    }

    /// <summary>The last 512 rows of a prompt of <paramref name="keys"/>, one head.</summary>
    public static object Plain(KernelTable kernels, int keys, double float32)
    {
        using LatentCache cache = Cache(keys);
        using AttentionScratch scratch = new(_config, kernels, quantized: false);
        using NativeArena arena = new();
        using RowBuffer queries = new(_config.QueryHeadDim);
        using RowBuffer outputs = new(_config.ValueHeadDim);
        queries.Reserve(PromptRows);
        outputs.Reserve(PromptRows);
        Fill(queries.Rows(PromptRows));
        WeightMatrix keyUp = Matrix(arena, _config.NopeHeadDim);
        WeightMatrix valueUp = Matrix(arena, _config.ValueHeadDim);
        LatentPages pages = new(cache, 0, Enumerable.Range(0, cache.PageCount).ToArray());
        (double best, double seconds) = ThreadClock.Measure(5, () => PlainAttention.Run(
            kernels, scratch, pages, keys - PromptRows, 0.07f, keyUp, valueUp, queries.Rows(PromptRows), outputs.Rows(PromptRows)));
        double pairs = ((double)PromptRows * keys) - (PromptRows * (PromptRows - 1) / 2.0);
        double products = (pairs * (_config.QueryHeadDim + _config.ValueHeadDim)) + ((double)keys * 512 * 256);
        return Result(keys, PromptRows, best, seconds, products, float32);
    }

    /// <summary>As <see cref="Plain"/>, in bfloat16.</summary>
    public static object Prompt(Bf16Kernels kernels, int keys, double bf16)
    {
        using LatentCache cache = Cache(keys);
        using PromptScratch scratch = new(_config);
        using NativeArena arena = new();
        using RowBuffer queries = new(_config.QueryHeadDim);
        using RowBuffer outputs = new(_config.ValueHeadDim);
        queries.Reserve(PromptRows);
        outputs.Reserve(PromptRows);
        Fill(queries.Rows(PromptRows));
        LatentPanels panels = LatentPanels.Build(Matrix(arena, _config.NopeHeadDim), Matrix(arena, _config.ValueHeadDim), arena);
        LatentPages pages = new(cache, 0, Enumerable.Range(0, cache.PageCount).ToArray());
        (double best, double seconds) = ThreadClock.Measure(5, () => PromptAttention.Run(
            kernels, scratch, pages, keys - PromptRows, 0.07f, panels, queries.Rows(PromptRows), outputs.Rows(PromptRows)));
        double pairs = ((double)PromptRows * keys) - (PromptRows * (PromptRows - 1) / 2.0);
        double products = (pairs * (_config.QueryHeadDim + _config.ValueHeadDim)) + ((double)keys * 512 * 256);
        return Result(keys, PromptRows, best, seconds, products, bf16);
    }

    private static object Result(int keys, int rows, double best, double seconds, double products, double peak) => new
    {
        keys,
        rows,
        best_us = Math.Round(best * 1e6),
        median_us = Math.Round(seconds * 1e6),
        gmac_per_second = Math.Round(products / seconds / 1e9, 1),
        share_of_peak = KernelBench.Share(products / seconds / 1e9, peak),
    };

    private static LatentCache Cache(int keys)
    {
        LatentCache cache = new((keys + LatentCache.PageTokens - 1) / LatentCache.PageTokens, 1, _config.CacheRowWidth);
        for (int page = 0; page < cache.PageCount; page++)
        {
            Fill(LatentPages.Page(cache, 0, page));
        }

        return cache;
    }

    private static WeightMatrix Matrix(NativeArena arena, int rows)
    {
        WeightMatrix matrix = new(BlockType.F32, rows, 512, arena.Allocate(rows * 512L * sizeof(float)));
        Fill(new RowBlock((float*)matrix.Data, rows, 512, 512));
        return matrix;
    }

    private static void Fill(RowBlock rows)
    {
        Random random = new(1);
        for (int row = 0; row < rows.Rows; row++)
        {
            foreach (ref float value in rows.Row(row))
            {
                value = (random.NextSingle() - 0.5f) * 0.2f;
            }
        }
    }
}
