using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Asks a source for the tensor of every role that the config describes and brings it into the form the model uses. Without
/// a store it only asks: a dry run on headers, whose matrices are empty. Problems are collected, not thrown.
/// </summary>
internal sealed unsafe class WeightMap
{
    private readonly IWeightSource _source;
    private readonly KimiConfig _config;
    private readonly WeightProblems _problems;
    private readonly WeightPlacer? _placer;
    private readonly bool _panels;

    public WeightMap(IWeightSource source, KimiConfig config, WeightProblems problems, IWeightStore? store, WeightForm form = default)
    {
        _source = source;
        _config = config;
        _problems = problems;
        _placer = store is null ? null : new WeightPlacer(store, form.Tiles);
        _panels = form.Bf16Panels;
    }

    /// <summary>Bytes of weights used where the files are mapped.</summary>
    public long MappedBytes => _placer?.MappedBytes ?? 0;

    /// <summary>Whether some matrices lie in tiles.</summary>
    public bool HasTiles => _placer?.HasTiles ?? false;

    /// <summary>A dry run over all roles: what is missing, left over or wrong; returns the tensors left out on purpose.</summary>
    public static IReadOnlyList<string> Check(IWeightSource source, KimiConfig config, out WeightProblems problems)
    {
        problems = new WeightProblems();
        WeightMap map = new(source, config, problems, store: null);
        map.Head(map.Embedding());
        map.FinalNorm();
        for (int i = 0; i < config.LayerCount && problems.Count < WeightProblems.Enough; i++)
        {
            map.Layer(i);
        }

        return source.FinishUnused(config.LayerCount, problems);
    }

    /// <summary>[vocabulary, hidden].</summary>
    public WeightMatrix Embedding() => RowMajor("model.embed_tokens.weight", _config.VocabularySize, _config.HiddenSize);

    /// <summary>[hidden].</summary>
    public WeightVector FinalNorm() => Vector("model.norm.weight", _config.HiddenSize);

    /// <summary>[vocabulary, hidden]; <paramref name="embedding"/> itself when the two are tied.</summary>
    public WeightMatrix Head(WeightMatrix embedding) => _config.TieEmbeddings && !_source.Has("lm_head.weight")
        ? Tiled("lm_head", embedding)
        : Matrix("lm_head.weight", _config.VocabularySize, _config.HiddenSize);

    /// <summary>All weights of layer <paramref name="layer"/>.</summary>
    public LayerWeights Layer(int layer)
    {
        string prefix = $"model.layers.{layer}.";
        bool moe = _config.IsMoeLayer(layer);
        LayerWeights weights = new()
        {
            InputNorm = Vector(prefix + "input_layernorm.weight", _config.HiddenSize),
            Attention = Attention(prefix + "self_attn."),
            PostAttentionNorm = Vector(prefix + "post_attention_layernorm.weight", _config.HiddenSize),
            Dense = moe ? null : FeedForward(prefix + "mlp.", _config.DenseWidth),
            Moe = moe ? Moe(prefix + "mlp.") : null,
        };
        Settle();
        return weights;
    }

    private AttentionWeights Attention(string prefix)
    {
        KimiConfig config = _config;
        int queryWidth = config.HeadCount * config.QueryHeadDim;
        (WeightMatrix[] keyUp, WeightMatrix[] valueUp, WeightMatrix absorb, LatentPanels[] panels) = _source.Has(prefix + "k_b_proj.weight")
            ? SplitKeyValue(prefix)
            : JoinedKeyValue(prefix);
        return new AttentionWeights
        {
            QueryDown = config.QueryRank is int down ? Matrix(prefix + "q_a_proj.weight", down, config.HiddenSize) : null,
            QueryNorm = config.QueryRank is int rank ? Vector(prefix + "q_a_layernorm.weight", rank) : null,
            Query = config.QueryRank is int width
                ? Matrix(prefix + "q_b_proj.weight", queryWidth, width)
                : Matrix(prefix + "q_proj.weight", queryWidth, config.HiddenSize),
            Latent = Matrix(prefix + "kv_a_proj_with_mqa.weight", config.CacheRowWidth, config.HiddenSize),
            LatentNorm = Vector(prefix + "kv_a_layernorm.weight", config.LatentRank),
            KeyUp = keyUp,
            ValueUp = valueUp,
            KeyAbsorb = absorb,
            Panels = panels,
            Output = Matrix(prefix + "o_proj.weight", config.HiddenSize, config.HeadCount * config.ValueHeadDim),
        };
    }

    /// <summary>kv_b_proj [H·(nope + value), rank]: per head its key rows, then its value rows; the keys are transposed here.</summary>
    private (WeightMatrix[] KeyUp, WeightMatrix[] ValueUp, WeightMatrix Absorb, LatentPanels[] Panels) JoinedKeyValue(string prefix)
    {
        int nope = _config.NopeHeadDim;
        int headRows = nope + _config.ValueHeadDim;
        WeightMatrix joined = RowMajor(prefix + "kv_b_proj.weight", _config.HeadCount * headRows, _config.LatentRank);
        if (_placer is null)
        {
            return ([], [], default, []);
        }

        WeightMatrix[] keyUp = new WeightMatrix[_config.HeadCount];
        WeightMatrix[] valueUp = new WeightMatrix[_config.HeadCount];
        for (int head = 0; head < keyUp.Length; head++)
        {
            keyUp[head] = joined.Slice(head * headRows, nope);
            valueUp[head] = joined.Slice((head * headRows) + nope, _config.ValueHeadDim);
        }

        WeightMatrix absorb = Transposed(prefix, keyUp);
        return (Tiled(prefix + "k", keyUp), Tiled(prefix + "v", valueUp), absorb, Panels(prefix, keyUp, valueUp));
    }

    /// <summary>k_b_proj [H·rank, nope], transposed already, and v_b_proj [H·value, rank].</summary>
    private (WeightMatrix[] KeyUp, WeightMatrix[] ValueUp, WeightMatrix Absorb, LatentPanels[] Panels) SplitKeyValue(string prefix)
    {
        int heads = _config.HeadCount;
        int rank = _config.LatentRank;
        WeightMatrix absorb = RowMajor(prefix + "k_b_proj.weight", heads * rank, _config.NopeHeadDim);
        WeightMatrix values = RowMajor(prefix + "v_b_proj.weight", heads * _config.ValueHeadDim, rank);
        if (_placer is null)
        {
            return ([], [], default, []);
        }

        WeightMatrix keys = Transposed(prefix, [.. Enumerable.Range(0, heads).Select(head => absorb.Slice(head * rank, rank))]);
        WeightMatrix[] keyUp = [.. Enumerable.Range(0, heads).Select(head => keys.Slice(head * _config.NopeHeadDim, _config.NopeHeadDim))];
        WeightMatrix[] valueUp =
            [.. Enumerable.Range(0, heads).Select(head => values.Slice(head * _config.ValueHeadDim, _config.ValueHeadDim))];
        return (
            keyUp,
            Tiled(prefix + "v", valueUp),
            rank % TileFormat.Rows == 0 ? Tiled(prefix + "absorb", absorb) : absorb,
            Panels(prefix, keyUp, valueUp));
    }

    /// <summary>Keys and values of every head in bfloat16, where the kernels want them and the file's values are quantized; else none.</summary>
    private LatentPanels[] Panels(string prefix, WeightMatrix[] keyUp, WeightMatrix[] valueUp)
    {
        bool quantized = WeightMatrix.TileFormatOf(valueUp[0].Type) is not null;
        return _panels && quantized && LatentPanels.CanHold(_config.LatentRank, _config.QueryHeadDim)
            ? [.. keyUp.Zip(valueUp, (keys, values) => Panels(prefix, keys, values))]
            : [];
    }

    private LatentPanels Panels(string prefix, WeightMatrix keys, WeightMatrix values)
    {
        int lanes = LatentPanels.LanesOf(keys.Rows + values.Rows);
        WeightMatrix matrix = _placer!.Kept($"{prefix}panels {lanes}x{keys.Columns}", () => // callers have a placer
        {
            WeightMatrix target = _placer.Allocate(BlockType.BF16, lanes, keys.Columns);
            LatentPanels.Fill(target, keys, values);
            return target;
        });
        return LatentPanels.In(matrix, keys.Rows, values.Rows);
    }

    private FeedForwardWeights FeedForward(string prefix, int width)
    {
        FeedForwardWeights weights = new(
            Matrix(prefix + "gate_proj.weight", width, _config.HiddenSize),
            Matrix(prefix + "up_proj.weight", width, _config.HiddenSize),
            Matrix(prefix + "down_proj.weight", _config.HiddenSize, width));
        Settle();
        return weights;
    }

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
            Router = Widened(prefix + "gate.weight", [_config.ExpertCount, _config.HiddenSize]),
            SelectionBias = biased ? Vector(prefix + "gate.e_score_correction_bias", _config.ExpertCount) : null,
            Experts = experts,
            Shared = shared > 0 ? FeedForward(prefix + "shared_experts.", shared) : null,
        };
    }

    /// <summary>A matrix that activations are multiplied with, in the form the kernels like best.</summary>
    private WeightMatrix Matrix(string role, int rows, int columns) =>
        _source.Find(role, [rows, columns], _problems) is StoredMatrix stored && _placer is not null ? _placer.Linear(stored) : default;

    /// <summary>A matrix whose rows are read one by one or cut between heads.</summary>
    private WeightMatrix RowMajor(string role, int rows, int columns) =>
        _source.Find(role, [rows, columns], _problems) is StoredMatrix stored && _placer is not null ? _placer.Matrix(stored) : default;

    private WeightMatrix Tiled(string name, WeightMatrix matrix) => _placer is null ? matrix : _placer.Tiled(name, matrix);

    private WeightMatrix[] Tiled(string name, WeightMatrix[] matrices) => Array.ConvertAll(matrices, matrix => Tiled(name, matrix));

    /// <summary>Nothing placed so far is read by this load any more.</summary>
    private void Settle() => _placer?.Settle();

    private WeightVector Vector(string role, int length)
    {
        WeightMatrix row = Widened(role, [length]);
        return new WeightVector(row.Columns, (float*)row.Data);
    }

    /// <summary>As float32 whatever the file holds: norms, the router and its bias.</summary>
    private WeightMatrix Widened(string role, int[] shape) =>
        _source.Find(role, shape, _problems) is StoredMatrix stored && _placer is not null ? _placer.Widened(stored) : default;

    /// <summary>Matrices [n, m] of one format to one [count·m, n]: bfloat16 stays, everything else becomes float32 (exact).</summary>
    private WeightMatrix Transposed(string prefix, WeightMatrix[] sources)
    {
        int width = sources[0].Rows;
        int height = sources[0].Columns;
        BlockType type = sources[0].Type == BlockType.BF16 ? BlockType.BF16 : BlockType.F32;
        return _placer!.Kept($"{prefix}transposed {sources.Length}x{height}x{width} {type}", () => // callers have a placer
        {
            WeightMatrix result = _placer.Allocate(type, sources.Length * height, width);
            for (int index = 0; index < sources.Length; index++)
            {
                Transpose(sources[index], result.Slice(index * height, height));
            }

            return result;
        });
    }

    private static void Transpose(WeightMatrix source, WeightMatrix target)
    {
        float[] values = new float[source.Columns];
        for (int column = 0; column < source.Rows; column++)
        {
            source.CopyRow(column, values);
            FillColumn(target, column, values);
        }
    }

    /// <summary>Writes a column of a float32 or bfloat16 matrix. Shapes: target[values, …].</summary>
    private static void FillColumn(WeightMatrix target, int column, ReadOnlySpan<float> values)
    {
        if (target.Type == BlockType.BF16)
        {
            Span<ushort> halves = new(target.Data, checked(target.Rows * target.Columns));
            for (int row = 0; row < values.Length; row++)
            {
                halves[(row * target.Columns) + column] = BlockEncoder.RoundToBf16(values[row]);
            }

            return;
        }

        Span<float> floats = new(target.Data, checked(target.Rows * target.Columns));
        for (int row = 0; row < values.Length; row++)
        {
            floats[(row * target.Columns) + column] = values[row];
        }
    }
}
