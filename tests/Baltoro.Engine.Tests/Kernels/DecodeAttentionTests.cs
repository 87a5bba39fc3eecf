using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Threads;

namespace Baltoro.Engine.Tests.Kernels;

/// <summary>Attention in latent space with bfloat16 products against exact arithmetic on the rounded factors, over many tiles and tasks.</summary>
public unsafe class DecodeAttentionTests
{
    private static readonly KimiConfig _config = new TinyModel(1).Config with { HeadCount = 19, MaxPositions = 131072 };

    public static TheoryData<string, int> Cases()
    {
        TheoryData<string, int> data = [];
        foreach (string name in Bf16ProductTests.Variants().Select(row => row.Data))
        {
            foreach (int keys in new[] { 1, 2, 7, 16, 127, 128, 129, 300, 4095, 4097, 5000 })
            {
                data.Add(name, keys);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyNumberOfKeys_IsTheSoftmaxOverAllOfThem(string variant, int keys)
    {
        KernelTable kernels = KernelCatalog.Select(variant);
        Random random = new(Seed.Of(this));
        int width = _config.CacheRowWidth;
        int rank = _config.LatentRank;
        using LatentCache cache = Cache(random, keys);
        StepRows rows = new();
        StepPlan step = new();
        int[] pages = [.. Enumerable.Range(0, cache.PageCount)];
        step.Slices.Add(ModelDriver.Slice(new int[1], keys - 1, pages, AttentionForm.Absorbed, 1));
        rows.Fill(step, cache, _config);
        using DecodePlan plan = new(_config);
        plan.Fill(rows);
        using RowBuffer queries = new(width);
        queries.Reserve(_config.HeadCount);
        RowBlock query = queries.Rows(_config.HeadCount);
        Fill(query, random);
        float[][] actual = Attend(kernels, plan, new LatentPages(cache, 0, pages), query, keys);
        float[][] latents = [.. Enumerable.Range(0, keys).Select(key => Rounded(LatentPages.Page(cache, 0, key / 16).Row(key % 16)))];
        for (int head = 0; head < _config.HeadCount; head++)
        {
            float[] rounded = Rounded(query.Row(head));
            double[] scores = [.. latents.Select(latent => 0.3 * latent.Zip(rounded, (a, b) => (double)a * b).Sum())];
            double largest = scores.Max();
            double[] weights = [.. scores.Select(score => Math.Exp(score - largest))];
            for (int column = 0; column < rank; column++)
            {
                double expected = 0;
                double size = 0;
                for (int key = 0; key < keys; key++)
                {
                    expected += weights[key] * latents[key][column];
                    size += weights[key] * Math.Abs(latents[key][column]);
                }

                // Weights are rounded to 8 bits, 2^-9 each, in the sum as well; sums are float32.
                double bound = size / weights.Sum() * ((2.0 / 512) + 1e-4);
                Assert.InRange(Math.Abs(actual[head][column] - (expected / weights.Sum())), 0, bound);
            }
        }
    }

    [Fact]
    public void Split_AnyWorkers_CoversEveryTaskOnce()
    {
        StepRows rows = new();
        StepPlan step = new();
        using LatentCache cache = new(400, _config.LayerCount, _config.CacheRowWidth);
        int[] pages = [.. Enumerable.Range(0, cache.PageCount)];
        foreach (int keys in new[] { 1, 900, 17, 4097, 128, 6000 })
        {
            step.Slices.Add(ModelDriver.Slice(new int[1], keys - 1, pages, AttentionForm.Absorbed, 1));
        }

        rows.Fill(step, cache, _config);
        using DecodePlan plan = new(_config);
        plan.Fill(rows);
        for (int count = 1; count < 9; count++)
        {
            int next = 0;
            for (int index = 0; index < count; index++)
            {
                PartRange part = plan.Split(new Worker(index, count, new WorkBarrier(1)));
                Assert.Equal(next, part.Start);
                next = part.End;
            }

            Assert.Equal(plan.TaskCount, next);
        }
    }

    private static float[][] Attend(KernelTable kernels, DecodePlan plan, LatentPages pages, RowBlock query, int keys)
    {
        using DecodeScratch scratch = new(_config);
        for (int index = 0; index < plan.TaskCount; index++)
        {
            DecodeTask task = plan.Task(index);
            int heads = Math.Min(16, _config.HeadCount - task.FirstHead);
            DecodeAttention.SetQueries(scratch, query.Slice(task.FirstHead, heads));
            DecodeAttention.Run(kernels.Bf16!, scratch, pages, task, heads, 0.3f, plan.Values(index), plan.Stats(index));
        }

        float[][] outputs = new float[_config.HeadCount][];
        for (int head = 0; head < outputs.Length; head++)
        {
            outputs[head] = new float[_config.LatentRank];
            DecodeAttention.Join(kernels, plan, plan.TasksOf(0, head, keys), head % 16, outputs[head]);
        }

        return outputs;
    }

    private static LatentCache Cache(Random random, int keys)
    {
        LatentCache cache = new((keys + 15) / 16, _config.LayerCount, _config.CacheRowWidth);
        for (int page = 0; page < cache.PageCount; page++)
        {
            // What stands behind the last key is never to be seen.
            RowBlock rows = LatentPages.Page(cache, 0, page);
            Fill(rows, random);
            for (int row = Math.Max(0, keys - (page * 16)); row < rows.Rows; row++)
            {
                rows.Row(row).Fill(float.NaN);
            }
        }

        return cache;
    }

    private static void Fill(RowBlock rows, Random random)
    {
        for (int row = 0; row < rows.Rows; row++)
        {
            foreach (ref float value in rows.Row(row))
            {
                value = (random.NextSingle() - 0.5f) * 4;
            }
        }
    }

    private static float[] Rounded(ReadOnlySpan<float> values)
    {
        float[] rounded = values.ToArray();
        foreach (ref float value in rounded.AsSpan())
        {
            value = BitConverter.Int32BitsToSingle(PromptKernels.Round(value) << 16);
        }

        return rounded;
    }
}
