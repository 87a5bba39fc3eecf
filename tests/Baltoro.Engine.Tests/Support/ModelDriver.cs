using Baltoro.Engine.Cache;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;

namespace Baltoro.Engine.Tests.Support;

/// <summary>A loaded model with a cache, driven without the scheduler.</summary>
internal sealed class ModelDriver : IDisposable
{
    private const int PageCount = 96;

    public ModelDriver(string folder, string kernels, int threads, PackedCacheOptions? packedCache = null)
    {
        Runner = ModelRunner.Load(folder, new EngineOptions { Kernels = kernels, Threads = threads, PackedCache = packedCache });
        Cache = new LatentCache(PageCount, Runner.Config.LayerCount, Runner.Config.CacheRowWidth);
    }

    public ModelRunner Runner { get; }

    public LatentCache Cache { get; }

    /// <summary>Kernel variants this machine can run.</summary>
    public static IReadOnlyList<string> Variants => Engine.Kernels.KernelCatalog.Supported;

    /// <summary>Those that multiply quantized weights as floats, so that a quantized model equals its widened copy.</summary>
    public static IReadOnlyList<string> FloatVariants => [.. Variants.Where(name => !IsInt8(name))];

    /// <summary>What differs on models without quantized weights: the float variants, and the default once more as a whole.</summary>
    public static IReadOnlyList<string> PlainModelVariants => [.. FloatVariants.Union([Variants[^1]])];

    /// <summary>Those that multiply quantized weights with activations quantized to bytes.</summary>
    public static IReadOnlyList<string> Int8Variants => [.. Variants.Where(IsInt8)];

    /// <summary>Scattered pages for sequence number <paramref name="sequence"/> of at most 8 whose pages do not collide.</summary>
    public static int[] PagesOf(int sequence) => [.. Enumerable.Range(0, PageCount / 8).Select(i => (((i * 8) + sequence) * 35) % PageCount)];

    public static SequenceSlice Slice(ReadOnlyMemory<int> tokens, int start, int[] pages, AttentionForm form, int logitRows) =>
        new() { Tokens = tokens, StartPosition = start, Pages = pages, Form = form, LogitRows = logitRows };

    /// <summary>Runs the slices as one step; returns one array per wanted row.</summary>
    public float[][] Step(params SequenceSlice[] slices)
    {
        StepPlan plan = new();
        plan.Slices.AddRange(slices);
        return [.. Runner.Run(plan, Cache).ToArray().Chunk(Runner.VocabularySize)];
    }

    /// <summary>All rows of a sequence in chunks of the given size; logits of every row.</summary>
    public float[][] Whole(int[] ids, AttentionForm form, int chunk, int sequence = 0)
    {
        List<float[]> rows = [];
        for (int start = 0; start < ids.Length; start += chunk)
        {
            int count = Math.Min(chunk, ids.Length - start);
            rows.AddRange(Step(Slice(ids.AsMemory(start, count), start, PagesOf(sequence), form, count)));
        }

        return [.. rows];
    }

    private static bool IsInt8(string name) => name.StartsWith("int8-", StringComparison.Ordinal);

    public void Dispose()
    {
        Runner.Dispose();
        Cache.Dispose();
    }
}
