using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights.Export;

/// <summary>The tensors of a GGUF file of architecture deepseek2 for a config, in the order they are written.</summary>
internal sealed class GgufLayout
{
    private readonly KimiConfig _config;
    private readonly GgufScheme _scheme;
    private readonly List<GgufSlot> _slots = [];

    private GgufLayout(KimiConfig config, GgufScheme scheme)
    {
        _config = config;
        _scheme = scheme;
    }

    /// <summary>All tensors: embedding, final norm, head unless it is tied, then layer by layer.</summary>
    public static IReadOnlyList<GgufSlot> SlotsOf(KimiConfig config, GgufScheme scheme)
    {
        GgufLayout layout = new(config, scheme);
        layout.AddOutside();
        for (int i = 0; i < config.LayerCount; i++)
        {
            layout.AddLayer(i);
        }

        return layout._slots;
    }

    private void AddOutside()
    {
        long[] vocabulary = [_config.VocabularySize, _config.HiddenSize];
        Add("model.embed_tokens.weight", GgufSlotKind.Embedding, vocabulary, -1, null);
        Add("model.norm.weight", GgufSlotKind.Norm, [_config.HiddenSize], -1, null);
        if (!_config.TieEmbeddings)
        {
            Add("lm_head.weight", GgufSlotKind.Matrix, vocabulary, -1, null);
        }
    }

    private void AddLayer(int layer)
    {
        string prefix = $"model.layers.{layer}.";
        int hidden = _config.HiddenSize;
        Add(prefix + "input_layernorm.weight", GgufSlotKind.Norm, [hidden], layer, w => [Row(w.InputNorm)]);
        AddAttention(prefix + "self_attn.", layer);
        Add(prefix + "post_attention_layernorm.weight", GgufSlotKind.Norm, [hidden], layer, w => [Row(w.PostAttentionNorm)]);
        if (!_config.IsMoeLayer(layer))
        {
            AddFeedForward(prefix + "mlp.", _config.DenseWidth, layer, w => w.Dense ?? throw Absent(layer));
            return;
        }

        AddMoe(prefix + "mlp.", layer);
    }

    private void AddAttention(string prefix, int layer)
    {
        KimiConfig config = _config;
        long hidden = config.HiddenSize;
        long queries = (long)config.HeadCount * config.QueryHeadDim;
        if (config.QueryRank is int rank)
        {
            AddMatrix(prefix + "q_a_proj.weight", [rank, hidden], layer, w => w.Attention.QueryDown ?? throw Absent(layer));
            Add(prefix + "q_a_layernorm.weight", GgufSlotKind.Norm, [rank], layer, w => [Row(w.Attention.QueryNorm ?? throw Absent(layer))]);
            AddMatrix(prefix + "q_b_proj.weight", [queries, rank], layer, w => w.Attention.Query);
        }
        else
        {
            AddMatrix(prefix + "q_proj.weight", [queries, hidden], layer, w => w.Attention.Query);
        }

        AddMatrix(prefix + "kv_a_proj_with_mqa.weight", [config.CacheRowWidth, hidden], layer, w => w.Attention.Latent);
        Add(prefix + "kv_a_layernorm.weight", GgufSlotKind.Norm, [config.LatentRank], layer, w => [Row(w.Attention.LatentNorm)]);
        AddKeyValue(prefix, layer);
        AddMatrix(prefix + "o_proj.weight", [hidden, (long)config.HeadCount * config.ValueHeadDim], layer, w => w.Attention.Output);
    }

    private void AddKeyValue(string prefix, int layer)
    {
        KimiConfig config = _config;
        if (_scheme.SplitKeyValue)
        {
            long[] keys = [config.HeadCount, config.LatentRank, config.NopeHeadDim];
            long[] values = [config.HeadCount, config.ValueHeadDim, config.LatentRank];
            AddMatrix(prefix + "k_b_proj.weight", keys, layer, w => w.Attention.KeyAbsorb);
            Add(prefix + "v_b_proj.weight", GgufSlotKind.Matrix, values, layer, w => w.Attention.ValueUp);
            return;
        }

        long rows = (long)config.HeadCount * (config.NopeHeadDim + config.ValueHeadDim);
        Add(
            prefix + "kv_b_proj.weight",
            GgufSlotKind.Matrix,
            [rows, config.LatentRank],
            layer,
            w => w.Attention.KeyUp.Zip(w.Attention.ValueUp, (key, value) => (WeightMatrix[])[key, value]).SelectMany(both => both));
    }

    private void AddFeedForward(string prefix, int width, int layer, Func<LayerWeights, FeedForwardWeights> pick)
    {
        AddMatrix(prefix + "gate_proj.weight", [width, _config.HiddenSize], layer, w => pick(w).Gate);
        AddMatrix(prefix + "up_proj.weight", [width, _config.HiddenSize], layer, w => pick(w).Up);
        AddMatrix(prefix + "down_proj.weight", [_config.HiddenSize, width], layer, w => pick(w).Down);
    }

    private void AddMoe(string prefix, int layer)
    {
        KimiConfig config = _config;
        MoeWeights Moe(LayerWeights weights) => weights.Moe ?? throw Absent(layer);
        Add(prefix + "gate.weight", GgufSlotKind.Router, [config.ExpertCount, config.HiddenSize], layer, w => [Moe(w).Router]);
        if (config.TopKMethod == TopKMethod.BiasedGroups)
        {
            Add(
                prefix + "gate.e_score_correction_bias",
                GgufSlotKind.SelectionBias,
                [config.ExpertCount],
                layer,
                w => [Row(Moe(w).SelectionBias ?? throw Absent(layer))]);
        }

        long[] wide = [config.ExpertCount, config.ExpertWidth, config.HiddenSize];
        long[] narrow = [config.ExpertCount, config.HiddenSize, config.ExpertWidth];
        const GgufSlotKind Matrix = GgufSlotKind.Matrix;
        Add(prefix + "experts.0.gate_proj.weight", Matrix, wide, layer, w => Moe(w).Experts.Select(expert => expert.Gate));
        Add(prefix + "experts.0.up_proj.weight", Matrix, wide, layer, w => Moe(w).Experts.Select(expert => expert.Up));
        Add(prefix + "experts.0.down_proj.weight", Matrix, narrow, layer, w => Moe(w).Experts.Select(expert => expert.Down));
        int shared = config.SharedExpertCount * config.ExpertWidth;
        if (shared > 0)
        {
            AddFeedForward(prefix + "shared_experts.", shared, layer, w => Moe(w).Shared ?? throw Absent(layer));
        }
    }

    private void AddMatrix(string role, long[] shape, int layer, Func<LayerWeights, WeightMatrix> pick) =>
        Add(role, GgufSlotKind.Matrix, shape, layer, w => [pick(w)]);

    private void Add(string role, GgufSlotKind kind, long[] shape, int layer, Func<LayerWeights, IEnumerable<WeightMatrix>>? pick)
    {
        GgufPlace place = GgufNames.PlaceOf(role);
        BlockType wanted = kind is GgufSlotKind.Matrix or GgufSlotKind.Embedding
            ? place.Expert is null ? _scheme.Dense : _scheme.Experts
            : BlockType.F32;
        BlockType type = shape[^1] % BlockFormat.Of(wanted).Elements == 0 ? wanted : BlockType.BF16;
        _slots.Add(new GgufSlot(place.Name, kind, type, shape, layer, pick));
    }

    private static unsafe WeightMatrix Row(WeightVector vector) => new(BlockType.F32, 1, vector.Length, vector.Data);

    private static InvalidOperationException Absent(int layer) => new($"layer {layer} lacks weights that its config describes");
}
