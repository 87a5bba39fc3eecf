using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;

namespace Baltoro.Engine.Model;

/// <summary>What every part of the model needs while one step runs.</summary>
internal sealed class StepContext(KimiConfig config, KernelTable kernels, Workspace workspace, DecodePlan? decode)
{
    public KimiConfig Config { get; } = config;

    public KernelTable Kernels { get; } = kernels;

    public Workspace Workspace { get; } = workspace;

    public StepRows Rows { get; } = new();

    /// <summary>Attention in latent space as tasks; null where kernels or model keep it in float32.</summary>
    public DecodePlan? Decode { get; } = decode;

    /// <summary>The cache of the running step; set by <see cref="KimiModel.Run"/>.</summary>
    public LatentCache? Cache { get; set; }
}
