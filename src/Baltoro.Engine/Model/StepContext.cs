using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;

namespace Baltoro.Engine.Model;

/// <summary>What every part of the model needs while one step runs.</summary>
internal sealed class StepContext(KimiConfig config, KernelTable kernels, Workspace workspace)
{
    public KimiConfig Config { get; } = config;

    public KernelTable Kernels { get; } = kernels;

    public Workspace Workspace { get; } = workspace;

    public StepRows Rows { get; } = new();

    /// <summary>The cache of the running step; set by <see cref="KimiModel.Run"/>.</summary>
    public LatentCache? Cache { get; set; }
}
