using Baltoro.Engine.Kernels;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Asks a source for the tensor of every role that the config describes and brings it into the form the model uses. Without
/// an arena it only asks: a dry run on headers, whose matrices are empty. Problems are collected, not thrown.
/// </summary>
internal sealed unsafe class WeightMap
{
    private readonly IWeightSource _source;
    private readonly KimiConfig _config;
    private readonly WeightProblems _problems;
    private readonly WeightPlacer? _placer;
    private readonly NativeArena? _panelArena;

    public WeightMap(IWeightSource source, KimiConfig config, WeightProblems problems, NativeArena? arena, TileArena? tiles = null, bool bf16Panels = false)
    {
        _panelArena = bf16Panels ? arena : null;
        _source = source;
        _config = config;
        _problems = problems;
        _placer = arena is null ? null : new WeightPlacer(arena, tiles);
    }

    /// <summary>Bytes of weights used where the files are mapped.</summary>
    public long MappedBytes => _placer?.MappedBytes ?? 0;

    /// <summary>
    /// Loads all text weights, repacked into <paramref name="form"/>; the result owns
    /// <paramref name="source"/>. Throws <see cref="Diagnostics.ModelFormatException"/>.
    /// </summary>
    public static KimiWeights Load(IWeightSource source, KimiConfig config, WeightForm form)
    {
        NativeArena arena = new();
        TileArena? tiles = form.Tiles ? new TileArena() : null;
        try
        {
            IReadOnlyList<string> notLoaded = Check(source, config, out WeightProblems problems);
            problems.ThrowIfAny(source.Path);
            WeightMap map = new(source, config, problems, arena, tiles, form.Bf16Panels);
            WeightMatrix embedding = map.Embedding();
            LayerWeights[] layers = [.. Enumerable.Range(0, config.LayerCount).Select(map.Layer)];
            return new KimiWeights(tiles is null ? [arena, source] : [arena, tiles, source])
            {
                Embedding = embedding,
                FinalNorm = map.FinalNorm(),
                Head = map.Head(embedding),
                Layers = layers,
                ByteCount = map.MappedBytes + arena.ByteCount + (tiles?.ByteCount ?? 0),
                HasTiles = map._placer!.HasTiles, // there is an arena
                NotLoaded = notLoaded,
            };
        }
        catch
        {
            arena.Dispose();
            tiles?.Dispose();
            source.Dispose();
            throw;
        }
    }

    /// <summary>A dry run over all roles: what is missing, left over or wrong; returns the tensors left out on purpose.</summary>
    public static IReadOnlyList<string> Check(IWeightSource source, KimiConfig config, out WeightProblems problems)
    {
        problems = new WeightProblems();
        WeightMap map = new(source, config, problems, arena: null);
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
        ? Tiled(embedding)
        : Matrix("lm_head.weight", _config.VocabularySize, _config.HiddenSize);

    /// <summary>All weights of layer <paramref name="layer"/>.</summary>
    public LayerWeights Layer(int layer)
    {
        string prefix = $"model.layers.{layer}.";
        bool moe = _config.IsMoeLayer(layer);
        return new LayerWeights
        {
            InputNorm = Vector(prefix + "input_layernorm.weight", _config.HiddenSize),
            Attention = Attention(prefix + "self_attn."),
            PostAttentionNorm = Vector(prefix + "post_attention_layernorm.weight", _config.HiddenSize),
            Dense = moe ? null : FeedForward(prefix + "mlp.", _config.DenseWidth),
            Moe = moe ? Moe(prefix + "mlp.") : null,
        };
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

        WeightMatrix absorb = Transposed(keyUp);
        return (Array.ConvertAll(keyUp, Tiled), Array.ConvertAll(valueUp, Tiled), absorb, Panels(keyUp, valueUp));
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

        WeightMatrix keys = Transposed([.. Enumerable.Range(0, heads).Select(head => absorb.Slice(head * rank, rank))]);
        WeightMatrix[] keyUp = [.. Enumerable.Range(0, heads).Select(head => keys.Slice(head * _config.NopeHeadDim, _config.NopeHeadDim))];
        WeightMatrix[] valueUp =
            [.. Enumerable.Range(0, heads).Select(head => values.Slice(head * _config.ValueHeadDim, _config.ValueHeadDim))];
        return (
            keyUp,
            Array.ConvertAll(valueUp, Tiled),
            rank % TileFormat.Rows == 0 ? Tiled(absorb) : absorb,
            Panels(keyUp, valueUp));
    }

    /// <summary>Keys and values of every head in bfloat16, where the kernels want them and the file's values are quantized; else none.</summary>
    private LatentPanels[] Panels(WeightMatrix[] keyUp, WeightMatrix[] valueUp)
    {
        bool quantized = WeightMatrix.TileFormatOf(valueUp[0].Type) is not null;
        return _panelArena is not null && quantized && LatentPanels.CanHold(_config.LatentRank, _config.QueryHeadDim)
            ? [.. keyUp.Zip(valueUp, (keys, values) => LatentPanels.Build(keys, values, _panelArena))]
            : [];
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

    private WeightMatrix Tiled(WeightMatrix matrix) => _placer is null ? matrix : _placer.Tiled(matrix);

    private WeightVector Vector(string role, int length)
    {
        WeightMatrix row = Widened(role, [length]);
        return new WeightVector(row.Columns, (float*)row.Data);
    }

    /// <summary>As float32 whatever the file holds: norms, the router and its bias.</summary>
    private WeightMatrix Widened(string role, int[] shape) =>
        _source.Find(role, shape, _problems) is StoredMatrix stored && _placer is not null ? _placer.Widened(stored) : default;

    /// <summary>Matrices [n, m] of one format to one [count·m, n]: bfloat16 stays, everything else becomes float32 (exact).</summary>
    private WeightMatrix Transposed(WeightMatrix[] sources)
    {
        int width = sources[0].Rows;
        int height = sources[0].Columns;
        BlockType type = sources[0].Type == BlockType.BF16 ? BlockType.BF16 : BlockType.F32;
        WeightMatrix result = _placer!.Allocate(type, sources.Length * height, width); // callers have a placer
        float[] values = new float[height];
        for (int index = 0; index < sources.Length; index++)
        {
            WeightMatrix target = result.Slice(index * height, height);
            for (int column = 0; column < width; column++)
            {
                sources[index].CopyRow(column, values);
                FillColumn(target, column, values);
            }
        }

        return result;
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
