namespace Baltoro.Engine.Model;

/// <summary>
/// The shape of a Kimi text model, read from its own config.json by <see cref="ConfigReader"/>. Immutable and consistent:
/// every value has been checked against the others.
/// </summary>
public sealed record KimiConfig
{
    public required int HiddenSize { get; init; }

    public required int LayerCount { get; init; }

    public required int HeadCount { get; init; }

    /// <summary>q_lora_rank; null when queries are projected in one step.</summary>
    public int? QueryRank { get; init; }

    /// <summary>kv_lora_rank: width of the cached latent.</summary>
    public required int LatentRank { get; init; }

    /// <summary>qk_nope_head_dim: the unrotated part of a head's query and key.</summary>
    public required int NopeHeadDim { get; init; }

    /// <summary>qk_rope_head_dim: the rotated part; even.</summary>
    public required int RopeHeadDim { get; init; }

    public required int ValueHeadDim { get; init; }

    /// <summary>intermediate_size: width of dense feed-forward layers.</summary>
    public required int DenseWidth { get; init; }

    /// <summary>n_routed_experts; 0 when every layer is dense.</summary>
    public int ExpertCount { get; init; }

    public int ExpertsPerToken { get; init; }

    /// <summary>moe_intermediate_size: width of one routed expert.</summary>
    public int ExpertWidth { get; init; }

    /// <summary>n_shared_experts; they form one block of SharedExpertCount · ExpertWidth.</summary>
    public int SharedExpertCount { get; init; }

    /// <summary>first_k_dense_replace.</summary>
    public int FirstDenseLayers { get; init; }

    /// <summary>moe_layer_freq: from FirstDenseLayers on, layers whose index is a multiple of it are mixtures.</summary>
    public int MoeLayerFrequency { get; init; } = 1;

    public ScoringFunction Scoring { get; init; } = ScoringFunction.Sigmoid;

    public TopKMethod TopKMethod { get; init; } = TopKMethod.BiasedGroups;

    public int GroupCount { get; init; } = 1;

    public int TopGroupCount { get; init; } = 1;

    /// <summary>norm_topk_prob: divide the chosen scores by their sum.</summary>
    public bool NormalizeTopK { get; init; } = true;

    public double RoutedScalingFactor { get; init; } = 1;

    public required float RmsNormEps { get; init; }

    /// <summary>
    /// Epsilon of q_a_layernorm and kv_a_layernorm: rms_norm_eps as most engines use it. Hugging Face's own code builds them
    /// with 1e-6 whatever the config says; <see cref="EngineOptions.InnerNormEps"/> selects that.
    /// </summary>
    public required float InnerNormEps { get; init; }

    public required double RopeTheta { get; init; }

    public YarnScaling? Yarn { get; init; }

    /// <summary>Positions a sequence may have; already includes the YaRN factor.</summary>
    public required int MaxPositions { get; init; }

    public required int VocabularySize { get; init; }

    public bool TieEmbeddings { get; init; }

    /// <summary>Ids that end a generation; empty when the file names none.</summary>
    public IReadOnlyList<int> EosIds { get; init; } = [];

    public int? BosId { get; init; }

    public int? PadId { get; init; }

    /// <summary>The id that marks image positions; null for text models.</summary>
    public int? MediaPlaceholderId { get; init; }

    /// <summary>Positions the model was really trained on, where the file states it.</summary>
    public int? TrainedContext { get; init; }

    /// <summary>Whether the file describes a vision tower; <see cref="ModelRunner.Images"/> says whether one is loaded.</summary>
    public bool HasVision { get; init; }

    /// <summary>How the checkpoint's matrices are stored; GGUF states that per tensor and leaves this at None.</summary>
    public WeightQuantization Quantization { get; init; }

    /// <summary>Fields this version knows nothing about; callers warn about them.</summary>
    public IReadOnlyList<string> UnknownFields { get; init; } = [];

    /// <summary>Width of one head's query and key.</summary>
    public int QueryHeadDim => NopeHeadDim + RopeHeadDim;

    /// <summary>Floats the cache keeps per token and layer.</summary>
    public int CacheRowWidth => LatentRank + RopeHeadDim;

    /// <summary>Whether layer <paramref name="layer"/> is a mixture of experts.</summary>
    public bool IsMoeLayer(int layer) => ExpertCount > 0 && layer >= FirstDenseLayers && layer % MoeLayerFrequency == 0;

    /// <summary>
    /// Factor on q·k before the softmax: (nope + rope)^-1/2 · m², m = YaRN's magnitude of mscale_all_dim (1 without it), in
    /// both attention forms. Source: DeepSeek-V3 attention.
    /// </summary>
    public double SoftmaxScale
    {
        get
        {
            double magnitude = Yarn is null || Yarn.MscaleAllDim == 0 ? 1 : Yarn.Magnitude(Yarn.MscaleAllDim);
            return magnitude * magnitude / Math.Sqrt(QueryHeadDim);
        }
    }
}
