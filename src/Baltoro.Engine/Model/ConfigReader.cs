using System.Text.Json;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Model;

/// <summary>
/// Reads config.json of the DeepSeek-V3 family: plain (<c>deepseek_v3</c>, <c>kimi_k2</c>) or nested under
/// <c>text_config</c> (<c>kimi_k25</c>, <c>kimi_vl</c>). What contradicts itself or is not supported is a
/// <see cref="ModelFormatException"/> that names file and field.
/// </summary>
public static class ConfigReader
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "config.json";

    private const long MaxFileBytes = 4_000_000;

    /// <summary>Reads <paramref name="path"/>, a config.json.</summary>
    public static KimiConfig ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new ModelFormatException(path, "file", "a config.json", "nothing");
        }

        long bytes = new FileInfo(path).Length;
        return bytes <= MaxFileBytes
            ? Read(File.ReadAllBytes(path), path)
            : throw new ModelFormatException(path, "size", $"at most {MaxFileBytes} bytes", $"{bytes}");
    }

    /// <summary>Reads the text of a config.json; <paramref name="path"/> names it in errors.</summary>
    public static KimiConfig Read(ReadOnlyMemory<byte> json, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(new ConfigFields(document.RootElement, path, ""));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ModelFormatException(path, "config", "valid JSON without repeated names", exception.Message, exception);
        }
    }

    private static KimiConfig Read(ConfigFields outer)
    {
        bool nested = outer.Has("text_config");
        string type = nested
            ? outer.Choice("model_type", "kimi_k25", "kimi_k25", "kimi_vl")
            : outer.Choice("model_type", "kimi_k2", "deepseek_v3", "kimi_k2");
        ConfigFields text = outer.Object("text_config") ?? outer;
        if (nested)
        {
            text.Choice("model_type", "kimi_k2", "deepseek_v3", "kimi_k2");
        }

        WeightQuantization quantization = QuantizationFields.Read(text);
        if (nested && QuantizationFields.Read(outer) is WeightQuantization around and not WeightQuantization.None)
        {
            quantization = quantization is WeightQuantization.None || quantization == around
                ? around
                : throw outer.Wrong("quantization_config", $"{quantization} as in text_config", $"{around}");
        }

        KimiConfig config = ReadText(text, outer);
        ConfigChecks.Check(config, text.Wrong);
        bool vision = outer.Has("vision_config");
        return config with
        {
            HasVision = vision,
            Quantization = quantization,
            MediaPlaceholderId = outer.OptionalInt("media_placeholder_token_id", 0, config.VocabularySize - 1),
            UnknownFields = nested
                ? [.. outer.Unread(IgnoredFields.Outer), .. text.Unread(IgnoredFields.Text), .. UnknownRope(text)]
                : [.. text.Unread(type == "kimi_k2" || vision ? IgnoredFields.Outer : IgnoredFields.Text), .. UnknownRope(text)],
        };
    }

    private static KimiConfig ReadText(ConfigFields text, ConfigFields outer)
    {
        text.Choice("hidden_act", "silu", "silu");
        if (text.OptionalBool("attention_bias") == true)
        {
            throw text.Wrong("attention_bias", "false (the family has no biases)", "true");
        }

        ReadDtype(text);
        ReadDtype(outer);
        text.OptionalInt("num_nextn_predict_layers", 0);
        int vocabulary = text.Int("vocab_size", 1);
        float eps = (float)text.Number("rms_norm_eps", 0);
        (double theta, YarnScaling? yarn) = RopeFields.Read(text);
        KimiConfig config = new()
        {
            HiddenSize = text.Int("hidden_size", 1),
            LayerCount = text.Int("num_hidden_layers", 1, 10_000),
            HeadCount = text.Int("num_attention_heads", 1),
            QueryRank = text.OptionalInt("q_lora_rank", 1),
            LatentRank = text.Int("kv_lora_rank", 1),
            NopeHeadDim = text.Int("qk_nope_head_dim", 1),
            RopeHeadDim = text.Int("qk_rope_head_dim", 2),
            ValueHeadDim = text.Int("v_head_dim", 1),
            DenseWidth = text.Int("intermediate_size", 1),
            RmsNormEps = eps,
            InnerNormEps = eps,
            RopeTheta = theta,
            Yarn = yarn,
            MaxPositions = text.Int("max_position_embeddings", 1),
            VocabularySize = vocabulary,
            TieEmbeddings = Agree(text, outer, "tie_word_embeddings") ?? false,
            EosIds = FromOuter(text, outer, fields => fields.OptionalIds("eos_token_id", vocabulary)) ?? [],
            BosId = FromOuter(text, outer, fields => fields.OptionalInt("bos_token_id", 0, vocabulary - 1)),
            PadId = FromOuter(text, outer, fields => fields.OptionalInt("pad_token_id", 0, vocabulary - 1)),
            TrainedContext = FromOuter(text, outer, fields => fields.OptionalInt("trained_context", 1)),
        };
        return ReadExperts(text, config);
    }

    private static KimiConfig ReadExperts(ConfigFields text, KimiConfig config)
    {
        int experts = text.OptionalInt("n_routed_experts", 0) ?? 0;
        string scoring = text.Choice("scoring_func", "sigmoid", "sigmoid", "softmax");
        string method = text.Choice("topk_method", "noaux_tc", "noaux_tc", "greedy");
        string needed = $"an integer (n_routed_experts is {experts})";
        int? perToken = text.OptionalInt("num_experts_per_tok", 1);
        int? width = text.OptionalInt("moe_intermediate_size", 1);
        return config with
        {
            ExpertCount = experts,
            ExpertsPerToken = experts == 0 ? 0 : perToken ?? throw text.Wrong("num_experts_per_tok", needed, "nothing"),
            ExpertWidth = experts == 0 ? 0 : width ?? throw text.Wrong("moe_intermediate_size", needed, "nothing"),
            SharedExpertCount = text.OptionalInt("n_shared_experts", 0) ?? 0,
            FirstDenseLayers = text.OptionalInt("first_k_dense_replace", 0) ?? 0,
            MoeLayerFrequency = text.OptionalInt("moe_layer_freq", 1) ?? 1,
            Scoring = scoring == "sigmoid" ? ScoringFunction.Sigmoid : ScoringFunction.Softmax,
            TopKMethod = method == "noaux_tc" ? TopKMethod.BiasedGroups : TopKMethod.Greedy,
            GroupCount = text.OptionalInt("n_group", 1) ?? 1,
            TopGroupCount = text.OptionalInt("topk_group", 1) ?? 1,
            NormalizeTopK = text.OptionalBool("norm_topk_prob") ?? true,
            RoutedScalingFactor = text.OptionalNumber("routed_scaling_factor", 0) ?? 1,
        };
    }

    private static void ReadDtype(ConfigFields fields)
    {
        string? old = fields.OptionalString("torch_dtype");
        string? current = fields.OptionalString("dtype");
        if (old is not null && current is not null && old != current)
        {
            throw fields.Wrong("dtype", $"'{old}' as in torch_dtype", $"'{current}'");
        }

        string name = current is null ? "torch_dtype" : "dtype";
        fields.Choice(name, "bfloat16", "bfloat16", "float32", "float16");
    }

    /// <summary>A field that both objects may carry; the outer one counts. Both are read, so both are checked.</summary>
    private static T? FromOuter<T>(ConfigFields text, ConfigFields outer, Func<ConfigFields, T?> read)
    {
        T? inner = read(text);
        return read(outer) ?? inner;
    }

    private static bool? Agree(ConfigFields text, ConfigFields outer, string name)
    {
        bool? inner = text.OptionalBool(name);
        bool? around = outer.OptionalBool(name);
        return inner is not null && around is not null && inner != around
            ? throw text.Wrong(name, $"{around} as around text_config", $"{inner}")
            : inner ?? around;
    }

    private static IEnumerable<string> UnknownRope(ConfigFields text) => RopeFields.Unknown(text);
}
