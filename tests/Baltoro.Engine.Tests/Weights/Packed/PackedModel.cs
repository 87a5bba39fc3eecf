using System.Collections.Concurrent;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Packed;

namespace Baltoro.Engine.Tests.Weights.Packed;

/// <summary>A tiny model on disk with a folder for its packed files.</summary>
internal sealed class PackedModel : IDisposable
{
    private readonly TempFolder _source = new();
    private readonly TempFolder _cache = new();
    private readonly ConcurrentQueue<string> _reports = [];

    /// <param name="kind">q8_0, q4_0 or f16 (GGUF; "-joined": kv_b in one piece), int4, int4-small (scales below float16) or fp8 (safetensors).</param>
    public PackedModel(int seed, string kind)
    {
        Path = _source.Path;
        switch (kind)
        {
            case "int4": QuantizedCheckpointTests.WriteInt4(Path, seed, 1); break;
            case "int4-small": QuantizedCheckpointTests.WriteInt4(Path, seed, 1e-7f); break;
            case "fp8": QuantizedCheckpointTests.WriteFp8(Path, seed); break;
            default:
                using (TempFolder plain = new())
                {
                    new TinyModel(seed).Write(plain.Path, bf16: false);
                    GgufScheme scheme = GgufScheme.ForQuantize(kind.Split('-')[0]) with { SplitKeyValue = !kind.Contains('-', StringComparison.Ordinal) };
                    Path = ModelConverter.Convert(plain.Path, Path, scheme, []).ModelPath;
                }

                break;
        }

        Options = new PackedCacheOptions { Folder = _cache["packed"], LeastModelBytes = 0, Report = _reports.Enqueue };
    }

    public string Path { get; }

    public PackedCacheOptions Options { get; init; }

    /// <summary>What the engine said about packed files.</summary>
    public IReadOnlyCollection<string> Reports => _reports;

    /// <summary>The packed files there are.</summary>
    public string[] Files => Directory.Exists(Options.Folder) ? Directory.GetFiles(Options.Folder, "*" + PackedCache.Extension) : [];

    /// <summary>Logits of a prompt, both attention forms, with or without the packed file.</summary>
    public float[] Logits(string kernels, bool cached, PackedCacheOptions? options = null)
    {
        using ModelDriver driver = new(Path, kernels, 2, cached ? options ?? Options : null);
        int[] ids = GgufEqualityTests.Ids(288);
        return [.. Enum.GetValues<AttentionForm>().SelectMany(form => driver.Whole(ids, form, 16)).SelectMany(row => row)];
    }

    /// <summary>The key of the packed file for <paramref name="kernels"/>.</summary>
    public PackedKey Key(string kernels)
    {
        (KimiConfig _, IWeightSource source) = ModelFiles.Open(Path);
        using (source)
        {
            return new PackedKey(ModelIdentity.Of(source.Files), WeightForm.Of(Engine.Kernels.KernelCatalog.Select(kernels)));
        }
    }

    /// <summary>The folder's lock, as another process would have it.</summary>
    public FileStream HoldLock()
    {
        Directory.CreateDirectory(Options.Folder);
        return new FileStream(System.IO.Path.Combine(Options.Folder, PackedCache.LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }

    public void ForgetReports() => _reports.Clear();

    public void Dispose()
    {
        _source.Dispose();
        _cache.Dispose();
    }
}
