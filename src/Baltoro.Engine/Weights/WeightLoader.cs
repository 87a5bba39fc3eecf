using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Packed;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Loads all text weights of a model. With a cache the repacked ones are mapped from its file, which the first load writes first; where that
/// cannot be, and without a cache, they are repacked into memory. The values are the same every way.
/// </summary>
internal sealed class WeightLoader(IWeightSource source, KimiConfig config, WeightForm form)
{
    private IReadOnlyList<string> _notLoaded = [];

    /// <summary>
    /// The weights, repacked into <paramref name="form"/>; the result owns <paramref name="source"/>. Throws <see cref="ModelFormatException"/>.
    /// </summary>
    public static KimiWeights Load(IWeightSource source, KimiConfig config, WeightForm form, PackedCacheOptions? cache)
    {
        try
        {
            WeightLoader loader = new(source, config, form)
            {
                _notLoaded = WeightMap.Check(source, config, out WeightProblems problems),
            };
            problems.ThrowIfAny(source.Path);
            bool cached = cache is not null && source.ByteCount >= cache.LeastModelBytes;
            return (cached ? loader.FromCache(cache!) : null) ?? loader.InMemory();
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>About how many bytes the packed file of a model takes.</summary>
    internal static long Estimate(IWeightSource source, KimiConfig config) =>
        source.ByteCount * (config.Quantization == WeightQuantization.Fp8Blocks ? 2 : 1);

    private KimiWeights? FromCache(PackedCacheOptions options)
    {
        PackedCache cache = new(options);
        PackedKey key;
        try
        {
            key = new PackedKey(ModelIdentity.Of(source.Files), form);
        }
        catch (Exception fault) when (PackedCache.IsFileFault(fault))
        {
            options.Report?.Invoke($"packed weights of {source.Path} are not kept: {fault.Message}");
            return null;
        }

        if (cache.Find(key) is PackedFile found && TryMap(found, options) is KimiWeights mapped)
        {
            return mapped;
        }

        PackedBuild? build = cache.Build(key, Estimate(source, config), store => All(store, []));
        return build is null ? null : Map(build);
    }

    private KimiWeights? TryMap(PackedFile file, PackedCacheOptions options)
    {
        try
        {
            KimiWeights weights = All(file, [file, source]);
            return file.IsUsedUp ? weights : throw new PackedMismatchException("it holds more matrices than the model");
        }
        catch (PackedMismatchException fault)
        {
            options.Report?.Invoke($"packed weights {file.Path} cannot be used: {fault.Message}; they are made anew");
            file.Dispose();
            return null;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private KimiWeights Map(PackedBuild build)
    {
        try
        {
            return All(build.File, [build, source]);
        }
        catch (PackedMismatchException fault)
        {
            build.Dispose();
            throw new InvariantException($"a load does not ask for the same matrices twice: {fault.Message}");
        }
        catch
        {
            build.Dispose();
            throw;
        }
    }

    private KimiWeights InMemory()
    {
        MemoryWeights store = new(new NativeArena(), form.Tiles ? new TileArena() : null);
        try
        {
            return All(store, [store, source]);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Places everything in <paramref name="store"/>; the result owns <paramref name="owners"/>.</summary>
    private KimiWeights All(IWeightStore store, IDisposable[] owners)
    {
        WeightMap map = new(source, config, new WeightProblems(), store, form);
        WeightMatrix embedding = map.Embedding();
        WeightMatrix head = map.Head(embedding);
        LayerWeights[] layers = [.. Enumerable.Range(0, config.LayerCount).Select(map.Layer)];
        WeightVector finalNorm = map.FinalNorm();
        return new KimiWeights(owners)
        {
            Embedding = embedding,
            FinalNorm = finalNorm,
            Head = head,
            Layers = layers,
            ByteCount = map.MappedBytes + store.ByteCount,
            HasTiles = map.HasTiles,
            NotLoaded = _notLoaded,
        };
    }
}
