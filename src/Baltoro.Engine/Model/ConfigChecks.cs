using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Model;

/// <summary>Checks fields of a <see cref="KimiConfig"/> against one another.</summary>
internal static class ConfigChecks
{
    /// <summary>Largest width of anything; keeps sums and row sizes far inside 32 bits.</summary>
    private const int MaxWidth = 1 << 24;

    private const int MaxExperts = 1 << 16;

    /// <summary>Throws what <paramref name="wrong"/> makes of field, expected and found, for the first contradiction.</summary>
    public static void Check(KimiConfig config, Func<string, string, string, ModelFormatException> wrong)
    {
        CheckWidths(config, wrong);
        if (config.RopeHeadDim % 2 != 0)
        {
            throw wrong("qk_rope_head_dim", "an even number", $"{config.RopeHeadDim}");
        }

        CheckSize(wrong, "num_attention_heads · (qk_nope_head_dim + qk_rope_head_dim)", config.HeadCount, config.QueryHeadDim);
        long headWidth = (long)config.NopeHeadDim + config.ValueHeadDim;
        CheckSize(wrong, "num_attention_heads · (qk_nope_head_dim + v_head_dim)", config.HeadCount, headWidth);
        CheckSize(wrong, "num_attention_heads · kv_lora_rank", config.HeadCount, config.LatentRank);
        CheckSize(wrong, "n_shared_experts · moe_intermediate_size", config.SharedExpertCount, config.ExpertWidth);
        if (config.ExpertCount > 0)
        {
            CheckExperts(config, wrong);
        }
    }

    private static void CheckWidths(KimiConfig config, Func<string, string, string, ModelFormatException> wrong)
    {
        ReadOnlySpan<(string Name, int Value, int Most)> fields =
        [
            ("hidden_size", config.HiddenSize, MaxWidth),
            ("q_lora_rank", config.QueryRank ?? 0, MaxWidth),
            ("kv_lora_rank", config.LatentRank, MaxWidth),
            ("qk_nope_head_dim", config.NopeHeadDim, MaxWidth),
            ("qk_rope_head_dim", config.RopeHeadDim, MaxWidth),
            ("v_head_dim", config.ValueHeadDim, MaxWidth),
            ("intermediate_size", config.DenseWidth, MaxWidth),
            ("moe_intermediate_size", config.ExpertWidth, MaxWidth),
            ("vocab_size", config.VocabularySize, MaxWidth),
            ("n_routed_experts", config.ExpertCount, MaxExperts),
        ];
        foreach ((string name, int value, int most) in fields)
        {
            if (value > most)
            {
                throw wrong(name, $"at most {most}", $"{value}");
            }
        }
    }

    private static void CheckExperts(KimiConfig config, Func<string, string, string, ModelFormatException> wrong)
    {
        if (config.FirstDenseLayers > config.LayerCount)
        {
            throw wrong("first_k_dense_replace", $"at most num_hidden_layers ({config.LayerCount})", $"{config.FirstDenseLayers}");
        }

        if (config.ExpertsPerToken > config.ExpertCount)
        {
            throw wrong("num_experts_per_tok", $"at most n_routed_experts ({config.ExpertCount})", $"{config.ExpertsPerToken}");
        }

        if (config.ExpertCount % config.GroupCount != 0)
        {
            throw wrong("n_group", $"a divisor of n_routed_experts ({config.ExpertCount})", $"{config.GroupCount}");
        }

        if (config.TopGroupCount > config.GroupCount)
        {
            throw wrong("topk_group", $"at most n_group ({config.GroupCount})", $"{config.TopGroupCount}");
        }

        int open = config.ExpertCount / config.GroupCount * config.TopGroupCount;
        if (config.ExpertsPerToken > open)
        {
            throw wrong("num_experts_per_tok", $"at most the {open} experts of topk_group groups", $"{config.ExpertsPerToken}");
        }

        if (config.TopKMethod == TopKMethod.Greedy && config.GroupCount != 1)
        {
            throw wrong("topk_method", "noaux_tc, because n_group is above 1", "'greedy'");
        }
    }

    private static void CheckSize(Func<string, string, string, ModelFormatException> wrong, string name, long left, long right)
    {
        if (left * right > int.MaxValue)
        {
            throw wrong(name, $"at most {int.MaxValue}", $"{left} · {right}");
        }
    }
}
