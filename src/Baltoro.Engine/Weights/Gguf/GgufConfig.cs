using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// Reads the <c>deepseek2.*</c> keys of a GGUF file. Where older files lack keys, the presence of tensors decides; what cannot
/// be known is refused. Source: ggml's converter for DeepSeek-V3 models.
/// </summary>
internal static class GgufConfig
{
    /// <summary>Positions the model was trained on, where its file states it.</summary>
    public const string TrainedContextKey = "baltoro.trained_context";

    private const string Architecture = "deepseek2";
    private const string Prefix = Architecture + ".";
    private const int SigmoidGating = 2;

    /// <summary>The config of <paramref name="model"/>. Throws <see cref="ModelFormatException"/> naming the key.</summary>
    public static KimiConfig Read(GgufModel model)
    {
        GgufMetadata metadata = model.Metadata;
        string? architecture = metadata.FindText("general.architecture");
        if (architecture != Architecture)
        {
            throw metadata.Wrong("general.architecture", Architecture, architecture ?? "no such key");
        }

        KimiConfig config = ReadExperts(ReadShape(model, metadata), model, metadata);
        ConfigChecks.Check(config, (field, expected, found) => metadata.Wrong($"{Prefix}* ({field})", expected, found));
        return config;
    }

    private static KimiConfig ReadShape(GgufModel model, GgufMetadata metadata)
    {
        int rope = metadata.GetInteger(Prefix + "rope.dimension_count", 2, int.MaxValue);
        (int key, int value) = HeadWidths(metadata, rope);
        float eps = (float)metadata.GetReal(Prefix + "attention.layer_norm_rms_epsilon");
        double theta = metadata.FindReal(Prefix + "rope.freq_base") ?? 10_000;
        if (!(eps > 0) || !(theta > 1))
        {
            throw metadata.Wrong(Prefix + "attention.layer_norm_rms_epsilon, rope.freq_base", "above 0, above 1", $"{eps}, {theta}");
        }

        int layers = metadata.GetInteger(Prefix + "block_count", 1, 10_000);
        int drafts = (int)(metadata.FindInteger(Prefix + "nextn_predict_layers", 0, layers - 1) ?? 0);
        int vocabulary = Vocabulary(model, metadata);
        return new KimiConfig
        {
            HiddenSize = metadata.GetInteger(Prefix + "embedding_length", 1, int.MaxValue),
            LayerCount = layers - drafts,
            HeadCount = HeadCount(metadata),
            QueryRank = QueryRank(model, metadata),
            LatentRank = metadata.GetInteger(Prefix + "attention.kv_lora_rank", 1, int.MaxValue),
            NopeHeadDim = key - rope,
            RopeHeadDim = rope,
            ValueHeadDim = value,
            DenseWidth = metadata.GetInteger(Prefix + "feed_forward_length", 1, int.MaxValue),
            RmsNormEps = eps,
            InnerNormEps = eps,
            RopeTheta = theta,
            Yarn = ReadYarn(metadata),
            MaxPositions = metadata.GetInteger(Prefix + "context_length", 1, int.MaxValue),
            VocabularySize = vocabulary,
            TieEmbeddings = model.Find("output.weight") is null,
            EosIds = TokenIds(metadata, vocabulary, "tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"),
            BosId = TokenIds(metadata, vocabulary, "tokenizer.ggml.bos_token_id") is [int bos] ? bos : null,
            PadId = TokenIds(metadata, vocabulary, "tokenizer.ggml.padding_token_id") is [int pad] ? pad : null,
            TrainedContext = (int?)metadata.FindInteger(TrainedContextKey, 1, int.MaxValue),
        };
    }

    private static KimiConfig ReadExperts(KimiConfig config, GgufModel model, GgufMetadata metadata)
    {
        int experts = (int)(metadata.FindInteger(Prefix + "expert_count", 0, int.MaxValue) ?? 0);
        if (experts == 0)
        {
            return config;
        }

        bool biased = model.Tensors.Any(tensor => tensor.Name.EndsWith(".exp_probs_b.bias", StringComparison.Ordinal));
        long? gating = metadata.FindInteger(Prefix + "expert_gating_func", 0, SigmoidGating);
        bool sigmoid = gating is null or 0 ? biased : gating == SigmoidGating;
        double scale = metadata.FindReal(Prefix + "expert_weights_scale") ?? 1;
        return config with
        {
            ExpertCount = experts,
            ExpertsPerToken = metadata.GetInteger(Prefix + "expert_used_count", 1, experts),
            ExpertWidth = metadata.GetInteger(Prefix + "expert_feed_forward_length", 1, int.MaxValue),
            SharedExpertCount = (int)(metadata.FindInteger(Prefix + "expert_shared_count", 0, int.MaxValue) ?? 0),
            FirstDenseLayers = (int)(metadata.FindInteger(Prefix + "leading_dense_block_count", 0, config.LayerCount) ?? 0),
            Scoring = sigmoid ? ScoringFunction.Sigmoid : ScoringFunction.Softmax,
            TopKMethod = biased ? TopKMethod.BiasedGroups : TopKMethod.Greedy,
            GroupCount = Math.Max(1, (int)(metadata.FindInteger(Prefix + "expert_group_count", 0, experts) ?? 1)),
            TopGroupCount = Math.Max(1, (int)(metadata.FindInteger(Prefix + "expert_group_used_count", 0, experts) ?? 1)),
            NormalizeTopK = metadata.FindBoolean(Prefix + "expert_weights_norm") ?? sigmoid,
            RoutedScalingFactor = scale == 0 ? 1 : scale,
        };
    }

    /// <summary>
    /// Width of a head's key and value: the <c>*_mla</c> keys, or in older files the plain ones, which then mean the same.
    /// </summary>
    private static (int Key, int Value) HeadWidths(GgufMetadata metadata, int rope)
    {
        const string Key = Prefix + "attention.key_length";
        const string Value = Prefix + "attention.value_length";
        string suffix = metadata.Contains(Key + "_mla") ? "_mla" : "";
        return (metadata.GetInteger(Key + suffix, rope + 1, int.MaxValue), metadata.GetInteger(Value + suffix, 1, int.MaxValue));
    }

    /// <summary>One number, or the same number for every layer.</summary>
    private static int HeadCount(GgufMetadata metadata)
    {
        const string Key = Prefix + "attention.head_count";
        if (metadata.TryGet(Key, out GgufValue? value) && value.AsIntegers() is { Count: > 0 } perLayer)
        {
            return perLayer.All(count => count == perLayer[0]) && perLayer[0] is > 0 and <= int.MaxValue
                ? (int)perLayer[0]
                : throw metadata.Wrong(Key, "the same number of heads in every layer", string.Join(", ", perLayer));
        }

        return metadata.GetInteger(Key, 1, int.MaxValue);
    }

    /// <summary>By key and tensors, never by the number of layers.</summary>
    private static int? QueryRank(GgufModel model, GgufMetadata metadata)
    {
        const string Key = Prefix + "attention.q_lora_rank";
        long rank = metadata.FindInteger(Key, 0, int.MaxValue) ?? 0;
        bool hasTensor = model.Find("blk.0.attn_q_a.weight") is not null;
        if ((rank > 0) != hasTensor)
        {
            string expected = hasTensor ? "a rank above 0, because the file has attn_q_a" : "none, because the file has no attn_q_a";
            throw metadata.Wrong(Key, expected, $"{rank}");
        }

        return rank > 0 ? (int)rank : null;
    }

    private static int Vocabulary(GgufModel model, GgufMetadata metadata)
    {
        const string Key = Prefix + "vocab_size";
        if (metadata.FindInteger(Key, 1, int.MaxValue) is long size)
        {
            return (int)size;
        }

        return model.Find("token_embd.weight") is (_, { Shape: [long rows and <= int.MaxValue, _] })
            ? (int)rows
            : throw metadata.Wrong(Key, "a number, or the tensor token_embd.weight", "neither");
    }

    /// <summary>
    /// Files store 0.1 · mscale_all_dim. Without that key engines disagree about the attention scale, so it must be there.
    /// Missing betas mean 32 and 1, as in the converters that left them out.
    /// </summary>
    private static YarnScaling? ReadYarn(GgufMetadata metadata)
    {
        const string Rope = Prefix + "rope.scaling.";
        string type = metadata.FindText(Rope + "type") ?? "none";
        if (type == "none")
        {
            return null;
        }

        if (type != "yarn")
        {
            throw metadata.Wrong(Rope + "type", "none or yarn", $"\"{type}\"");
        }

        double multiplier = metadata.GetReal(Rope + "yarn_log_multiplier");
        double allDims = Math.Round(multiplier * 10, 6);
        YarnScaling yarn = new(
            metadata.GetReal(Rope + "factor"),
            metadata.GetInteger(Rope + "original_context_length", 1, int.MaxValue),
            metadata.FindReal(Rope + "yarn_beta_fast") ?? 32,
            metadata.FindReal(Rope + "yarn_beta_slow") ?? 1,
            allDims,
            allDims);
        return yarn.Factor >= 1 && yarn.BetaFast >= yarn.BetaSlow && yarn.BetaSlow > 0 && multiplier >= 0
            ? yarn
            : throw metadata.Wrong(Rope + "*", "factor ≥ 1, beta_fast ≥ beta_slow > 0, multiplier ≥ 0", $"{yarn}");
    }

    private static int[] TokenIds(GgufMetadata metadata, int vocabulary, params ReadOnlySpan<string> keys)
    {
        List<int> ids = [];
        foreach (string key in keys)
        {
            if (metadata.FindInteger(key, 0, vocabulary - 1) is long id && !ids.Contains((int)id))
            {
                ids.Add((int)id);
            }
        }

        return [.. ids];
    }
}
