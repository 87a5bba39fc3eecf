using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights.Export;

/// <summary>The metadata that describes a config to GGUF readers; the reverse of <see cref="GgufConfig"/>.</summary>
internal static class GgufKeys
{
    private const string Prefix = "deepseek2.";

    /// <summary>Keys of <paramref name="config"/>. Throws <see cref="ModelFormatException"/> for what the format cannot say.</summary>
    public static List<KeyValuePair<string, GgufValue>> Of(KimiConfig config, GgufScheme scheme, string name, string path)
    {
        if (config.MoeLayerFrequency != 1)
        {
            throw new ModelFormatException(path, "moe_layer_freq", "1, because GGUF cannot say otherwise", $"{config.MoeLayerFrequency}");
        }

        List<KeyValuePair<string, GgufValue>> keys =
        [
            new("general.architecture", GgufValue.From("deepseek2")),
            new("general.name", GgufValue.From(name)),
            new("general.alignment", GgufValue.From(32u)),
            new("general.file_type", GgufValue.From(FileType(scheme))),
        ];
        void Add(string key, object value) => keys.Add(new(Prefix + key, GgufValue.From(value)));
        Add("block_count", (uint)config.LayerCount);
        Add("context_length", (uint)config.MaxPositions);
        Add("embedding_length", (uint)config.HiddenSize);
        Add("feed_forward_length", (uint)config.DenseWidth);
        Add("vocab_size", (uint)config.VocabularySize);
        AddAttention(config, scheme, Add);
        AddExperts(config, Add);
        AddRope(config, Add, path);
        AddTokens(config, keys);
        return keys;
    }

    /// <summary>Ids that end, start and fill a text; and the trained length, for which only this engine has a key.</summary>
    private static void AddTokens(KimiConfig config, List<KeyValuePair<string, GgufValue>> keys)
    {
        ReadOnlySpan<(string Key, int? Value)> ids =
        [
            ("tokenizer.ggml.eos_token_id", config.EosIds.Count > 0 ? config.EosIds[0] : null),
            ("tokenizer.ggml.eot_token_id", config.EosIds.Count > 1 ? config.EosIds[1] : null),
            ("tokenizer.ggml.bos_token_id", config.BosId),
            ("tokenizer.ggml.padding_token_id", config.PadId),
            (GgufConfig.TrainedContextKey, config.TrainedContext),
        ];
        foreach ((string key, int? value) in ids)
        {
            if (value is int number)
            {
                keys.Add(new(key, GgufValue.From((uint)number)));
            }
        }
    }

    private static void AddAttention(KimiConfig config, GgufScheme scheme, Action<string, object> add)
    {
        add("attention.head_count", (uint)config.HeadCount);
        add("attention.head_count_kv", scheme.SplitKeyValue ? 1u : (uint)config.HeadCount);
        add("attention.layer_norm_rms_epsilon", config.RmsNormEps);
        add("attention.kv_lora_rank", (uint)config.LatentRank);
        if (config.QueryRank is int rank)
        {
            add("attention.q_lora_rank", (uint)rank);
        }

        add("attention.key_length", (uint)(scheme.SplitKeyValue ? config.CacheRowWidth : config.QueryHeadDim));
        add("attention.value_length", (uint)(scheme.SplitKeyValue ? config.LatentRank : config.ValueHeadDim));
        if (scheme.SplitKeyValue)
        {
            add("attention.key_length_mla", (uint)config.QueryHeadDim);
            add("attention.value_length_mla", (uint)config.ValueHeadDim);
        }
    }

    private static void AddExperts(KimiConfig config, Action<string, object> add)
    {
        add("leading_dense_block_count", (uint)(config.ExpertCount == 0 ? config.LayerCount : config.FirstDenseLayers));
        if (config.ExpertCount == 0)
        {
            return;
        }

        add("expert_count", (uint)config.ExpertCount);
        add("expert_used_count", (uint)config.ExpertsPerToken);
        add("expert_shared_count", (uint)config.SharedExpertCount);
        add("expert_feed_forward_length", (uint)config.ExpertWidth);
        add("expert_weights_scale", (float)config.RoutedScalingFactor);
        add("expert_weights_norm", config.NormalizeTopK);
        add("expert_gating_func", config.Scoring == ScoringFunction.Sigmoid ? 2u : 1u);
        add("expert_group_count", (uint)config.GroupCount);
        add("expert_group_used_count", (uint)config.TopGroupCount);
    }

    private static void AddRope(KimiConfig config, Action<string, object> add, string path)
    {
        add("rope.dimension_count", (uint)config.RopeHeadDim);
        add("rope.freq_base", (float)config.RopeTheta);
        if (config.Yarn is not YarnScaling yarn)
        {
            return;
        }

        if (yarn.Mscale != yarn.MscaleAllDim)
        {
            string expected = $"{yarn.MscaleAllDim} as mscale_all_dim, because GGUF cannot say otherwise";
            throw new ModelFormatException(path, "rope_scaling.mscale", expected, $"{yarn.Mscale}");
        }

        add("rope.scaling.type", "yarn");
        add("rope.scaling.factor", (float)yarn.Factor);
        add("rope.scaling.original_context_length", (uint)yarn.OriginalMaxPositions);
        add("rope.scaling.yarn_log_multiplier", (float)(0.1 * yarn.MscaleAllDim));
        add("rope.scaling.yarn_beta_fast", (float)yarn.BetaFast);
        add("rope.scaling.yarn_beta_slow", (float)yarn.BetaSlow);
    }

    /// <summary>ggml's number for the format that most tensors have.</summary>
    private static uint FileType(GgufScheme scheme) => scheme.Experts switch
    {
        BlockType.F32 => 0,
        BlockType.F16 => 1,
        BlockType.Q4_0 => 2,
        BlockType.Q4_1 => 3,
        BlockType.Q8_0 => 7,
        BlockType.Q5_0 => 8,
        BlockType.Q5_1 => 9,
        _ => 32,
    };
}
