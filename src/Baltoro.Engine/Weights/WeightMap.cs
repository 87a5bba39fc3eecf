using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Finds the tensor of every role in a checkpoint. One load names every tensor that is missing, left over or wrongly
/// shaped, not only the first.
/// </summary>
internal sealed unsafe class WeightMap
{
    private const int MaxListed = 20;

    private readonly Checkpoint _checkpoint;
    private readonly KimiConfig _config;
    private readonly NativeArena _arena;
    private readonly Dictionary<string, string> _fileNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];
    private long _mappedBytes;

    private WeightMap(Checkpoint checkpoint, KimiConfig config, NativeArena arena)
    {
        _checkpoint = checkpoint;
        _config = config;
        _arena = arena;
        foreach (string name in checkpoint.Names)
        {
            if (!_fileNames.TryAdd(TensorNames.Normalise(name), name))
            {
                _problems.Add($"{name} and {_fileNames[TensorNames.Normalise(name)]} mean the same tensor");
            }
        }
    }

    /// <summary>Loads all text weights; the result owns <paramref name="checkpoint"/>. Throws <see cref="ModelFormatException"/>.</summary>
    public static KimiWeights Load(Checkpoint checkpoint, KimiConfig config)
    {
        NativeArena arena = new();
        try
        {
            return new WeightMap(checkpoint, config, arena).Load();
        }
        catch
        {
            arena.Dispose();
            checkpoint.Dispose();
            throw;
        }
    }

    private KimiWeights Load()
    {
        int hidden = _config.HiddenSize;
        WeightMatrix embedding = Matrix("model.embed_tokens.weight", _config.VocabularySize, hidden);
        WeightVector norm = Vector("model.norm.weight", hidden);
        WeightMatrix head = _config.TieEmbeddings && !_fileNames.ContainsKey("lm_head.weight")
            ? embedding
            : Matrix("lm_head.weight", _config.VocabularySize, hidden);
        LayerWeights[] layers = new LayerWeights[_config.LayerCount];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = Layer($"model.layers.{i}.", _config.IsMoeLayer(i));
        }

        string[] unused = [.. _fileNames.Where(pair => !_used.Contains(pair.Key)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        string[] leftOut = [.. unused.Where(name => TensorNames.IsLeftOut(name, _config.LayerCount))];
        _problems.AddRange(unused.Except(leftOut).Select(name => $"{_fileNames[name]} is left over"));
        ThrowProblems();
        return new KimiWeights(_arena, _checkpoint)
        {
            Embedding = embedding,
            FinalNorm = norm,
            Head = head,
            Layers = layers,
            ByteCount = _mappedBytes + _arena.ByteCount,
            NotLoaded = [.. leftOut.Select(name => _fileNames[name])],
        };
    }

    private LayerWeights Layer(string prefix, bool moe) => new()
    {
        InputNorm = Vector(prefix + "input_layernorm.weight", _config.HiddenSize),
        Attention = Attention(prefix + "self_attn."),
        PostAttentionNorm = Vector(prefix + "post_attention_layernorm.weight", _config.HiddenSize),
        Dense = moe ? null : FeedForward(prefix + "mlp.", _config.DenseWidth),
        Moe = moe ? Moe(prefix + "mlp.") : null,
    };

    private AttentionWeights Attention(string prefix)
    {
        KimiConfig config = _config;
        int queryWidth = config.HeadCount * config.QueryHeadDim;
        int keyValueWidth = config.HeadCount * (config.NopeHeadDim + config.ValueHeadDim);
        WeightMatrix keyValueUp = Matrix(prefix + "kv_b_proj.weight", keyValueWidth, config.LatentRank);
        return new AttentionWeights
        {
            QueryDown = config.QueryRank is int down ? Matrix(prefix + "q_a_proj.weight", down, config.HiddenSize) : null,
            QueryNorm = config.QueryRank is int rank ? Vector(prefix + "q_a_layernorm.weight", rank) : null,
            Query = config.QueryRank is int width
                ? Matrix(prefix + "q_b_proj.weight", queryWidth, width)
                : Matrix(prefix + "q_proj.weight", queryWidth, config.HiddenSize),
            Latent = Matrix(prefix + "kv_a_proj_with_mqa.weight", config.CacheRowWidth, config.HiddenSize),
            LatentNorm = Vector(prefix + "kv_a_layernorm.weight", config.LatentRank),
            KeyValueUp = keyValueUp,
            KeyAbsorb = TransposeKeys(keyValueUp),
            Output = Matrix(prefix + "o_proj.weight", config.HiddenSize, config.HeadCount * config.ValueHeadDim),
        };
    }

    private FeedForwardWeights FeedForward(string prefix, int width) => new(
        Matrix(prefix + "gate_proj.weight", width, _config.HiddenSize),
        Matrix(prefix + "up_proj.weight", width, _config.HiddenSize),
        Matrix(prefix + "down_proj.weight", _config.HiddenSize, width));

    private MoeWeights Moe(string prefix)
    {
        FeedForwardWeights[] experts = new FeedForwardWeights[_config.ExpertCount];
        for (int i = 0; i < experts.Length; i++)
        {
            experts[i] = FeedForward($"{prefix}experts.{i}.", _config.ExpertWidth);
        }

        int shared = _config.SharedExpertCount * _config.ExpertWidth;
        bool biased = _config.TopKMethod == TopKMethod.BiasedGroups;
        return new MoeWeights
        {
            Router = RouterMatrix(prefix + "gate.weight"),
            SelectionBias = biased ? Vector(prefix + "gate.e_score_correction_bias", _config.ExpertCount) : null,
            Experts = experts,
            Shared = shared > 0 ? FeedForward(prefix + "shared_experts.", shared) : null,
        };
    }

    private WeightMatrix RouterMatrix(string name)
    {
        WeightVector all = Values(name, [_config.ExpertCount, _config.HiddenSize]);
        return all.Length == 0 ? default : new WeightMatrix(ElementType.Float32, _config.ExpertCount, _config.HiddenSize, all.Data);
    }

    private WeightVector Vector(string name, int length) => Values(name, [length]);

    /// <summary>A matrix as the file stores it; float16 is widened, because no kernel reads it.</summary>
    private WeightMatrix Matrix(string name, int rows, int columns)
    {
        if (Find(name, [rows, columns]) is not TensorView view)
        {
            return default;
        }

        if (view.Type == ElementType.Float16)
        {
            return new WeightMatrix(ElementType.Float32, rows, columns, Widen(view).Data);
        }

        _mappedBytes += view.Entry.ByteCount;
        return new WeightMatrix(view.Type, rows, columns, view.Data);
    }

    private WeightVector Values(string name, long[] shape) => Find(name, shape) is TensorView view ? Widen(view) : default;

    private WeightVector Widen(TensorView view)
    {
        int count = checked((int)view.ElementCount);
        float* copy = (float*)_arena.Allocate(view.ElementCount * sizeof(float));
        view.CopyTo(new Span<float>(copy, count));
        return new WeightVector(count, copy);
    }

    /// <summary>[H·(nope + value), rank] to [H·rank, nope]: the key rows of each head, transposed, same format.</summary>
    private WeightMatrix TransposeKeys(WeightMatrix keyValueUp)
    {
        if (keyValueUp.Data == null)
        {
            return default;
        }

        int nope = _config.NopeHeadDim;
        int rank = _config.LatentRank;
        int headRows = nope + _config.ValueHeadDim;
        int rows = _config.HeadCount * rank;
        WeightMatrix result = new(keyValueUp.Type, rows, nope, _arena.Allocate((long)rows * nope * keyValueUp.ElementBytes));
        for (int head = 0; head < _config.HeadCount; head++)
        {
            WeightMatrix source = keyValueUp.Slice(head * headRows, nope);
            WeightMatrix target = result.Slice(head * rank, rank);
            if (source.Type == ElementType.Float32)
            {
                Transpose(new ReadOnlySpan<float>(source.Data, nope * rank), new Span<float>(target.Data, nope * rank), rank, nope);
            }
            else
            {
                Transpose(new ReadOnlySpan<ushort>(source.Data, nope * rank), new Span<ushort>(target.Data, nope * rank), rank, nope);
            }
        }

        return result;
    }

    private static void Transpose<T>(ReadOnlySpan<T> source, Span<T> target, int sourceWidth, int targetWidth)
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[(i % sourceWidth * targetWidth) + (i / sourceWidth)] = source[i];
        }
    }

    private TensorView? Find(string name, long[] shape)
    {
        _used.Add(name);
        if (!_fileNames.TryGetValue(name, out string? fileName) || _checkpoint.Find(fileName) is not TensorView view)
        {
            _problems.Add($"{name} {Text(shape)} is missing");
            return null;
        }

        if (!view.Entry.Shape.AsSpan().SequenceEqual(shape))
        {
            _problems.Add($"{fileName} is {view.Entry.ShapeText}, config.json makes it {Text(shape)}");
            return null;
        }

        return view;
    }

    private static string Text(long[] shape) => $"[{string.Join(", ", shape)}]";

    private void ThrowProblems()
    {
        if (_problems.Count > 0)
        {
            string listed = string.Join("; ", _problems.Take(MaxListed));
            string more = _problems.Count > MaxListed ? $"; and {_problems.Count - MaxListed} more" : "";
            throw new ModelFormatException(_checkpoint.Folder, "tensors", "exactly the tensors that config.json describes", listed + more);
        }
    }
}
