using Baltoro.Engine.Kernels;

namespace Baltoro.Engine;

/// <summary>Settings of one engine, validated by <c>InferenceEngine.Open</c>.</summary>
public sealed record EngineOptions
{
    /// <summary>Threads that compute, the owner thread included; 0 means one per available core.</summary>
    public int Threads { get; init; }

    /// <summary>Names that <see cref="Kernels"/> may have on this machine, the preferred last.</summary>
    public static IReadOnlyList<string> SupportedKernels => KernelCatalog.Supported;

    /// <summary>Kernel variant to force, one of <see cref="SupportedKernels"/>; null picks the preferred one.</summary>
    public string? Kernels { get; init; }

    /// <summary>
    /// Epsilon of the norms inside attention (q_a_layernorm, kv_a_layernorm); null takes the config's rms_norm_eps. 1e-6
    /// reproduces Hugging Face's own DeepSeek-V3 code.
    /// </summary>
    public float? InnerNormEps { get; init; }

    /// <summary>Bytes for the latent KV cache; 0 means a quarter of the machine's available memory, at most what the window needs 16 times over.</summary>
    public long KvCacheBytes { get; init; }

    /// <summary>Where repacked weights are kept for the next start; null repacks them at each start.</summary>
    public PackedCacheOptions? PackedCache { get; init; }

    /// <summary>Whether a vision tower is loaded where the model has one; without it the model takes text only.</summary>
    public bool LoadVision { get; init; } = true;

    /// <summary>An mmproj file with the vision tower; null takes the model's own, or the one <c>mmproj*.gguf</c> beside it.</summary>
    public string? VisionPath { get; init; }

    /// <summary>Bytes of encoded images that are kept for later requests of the same tenant.</summary>
    public long ImageCacheBytes { get; init; } = 256L << 20;

    /// <summary>Most prompt tokens computed in one step over all sequences.</summary>
    public int PrefillTokensPerStep { get; init; } = 512;

    /// <summary>Whether prompts of one tenant share the pages of common beginnings.</summary>
    public bool PrefixCache { get; init; } = true;

    /// <summary>Most sequences generating at a time.</summary>
    public int MaxRunning { get; init; } = 64;

    /// <summary>Most sequences waiting; a further one is refused.</summary>
    public int MaxWaiting { get; init; } = 256;

    /// <summary>Longest time a request may wait for its start before it is given up; zero means any time.</summary>
    public TimeSpan QueueDeadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether tokens are guessed ahead from earlier text. The tokens are the same in every mode.</summary>
    public SpeculationMode Speculation { get; init; } = SpeculationMode.Auto;

    /// <summary>Clock of <see cref="QueueDeadline"/> and of the step times.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
