namespace Baltoro.Engine.Model;

/// <summary>Checks fields of a <see cref="KimiConfig"/> against one another.</summary>
internal static class ConfigChecks
{
    /// <summary>Throws <see cref="Diagnostics.ModelFormatException"/> for the first contradiction.</summary>
    public static void Check(KimiConfig config, ConfigFields text)
    {
        if (config.RopeHeadDim % 2 != 0)
        {
            throw text.Wrong("qk_rope_head_dim", "an even number", $"{config.RopeHeadDim}");
        }

        CheckSize(text, "num_attention_heads · (qk_nope_head_dim + qk_rope_head_dim)", config.HeadCount, config.QueryHeadDim);
        long headWidth = (long)config.NopeHeadDim + config.ValueHeadDim;
        CheckSize(text, "num_attention_heads · (qk_nope_head_dim + v_head_dim)", config.HeadCount, headWidth);
        CheckSize(text, "num_attention_heads · kv_lora_rank", config.HeadCount, config.LatentRank);
        CheckSize(text, "n_shared_experts · moe_intermediate_size", config.SharedExpertCount, config.ExpertWidth);
        if (config.ExpertCount > 0)
        {
            CheckExperts(config, text);
        }
    }

    private static void CheckExperts(KimiConfig config, ConfigFields text)
    {
        if (config.FirstDenseLayers > config.LayerCount)
        {
            throw text.Wrong("first_k_dense_replace", $"at most num_hidden_layers ({config.LayerCount})", $"{config.FirstDenseLayers}");
        }

        if (config.ExpertsPerToken > config.ExpertCount)
        {
            throw text.Wrong("num_experts_per_tok", $"at most n_routed_experts ({config.ExpertCount})", $"{config.ExpertsPerToken}");
        }

        if (config.ExpertCount % config.GroupCount != 0)
        {
            throw text.Wrong("n_group", $"a divisor of n_routed_experts ({config.ExpertCount})", $"{config.GroupCount}");
        }

        if (config.TopGroupCount > config.GroupCount)
        {
            throw text.Wrong("topk_group", $"at most n_group ({config.GroupCount})", $"{config.TopGroupCount}");
        }

        int open = config.ExpertCount / config.GroupCount * config.TopGroupCount;
        if (config.ExpertsPerToken > open)
        {
            throw text.Wrong("num_experts_per_tok", $"at most the {open} experts of topk_group groups", $"{config.ExpertsPerToken}");
        }

        if (config.TopKMethod == TopKMethod.Greedy && config.GroupCount != 1)
        {
            throw text.Wrong("topk_method", "noaux_tc, because n_group is above 1", "'greedy'");
        }
    }

    private static void CheckSize(ConfigFields text, string name, long left, long right)
    {
        if (left * right > int.MaxValue)
        {
            throw text.Wrong(name, $"at most {int.MaxValue}", $"{left} · {right}");
        }
    }
}
