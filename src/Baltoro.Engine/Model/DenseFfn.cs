using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>A dense feed-forward block: down(silu(gate x) ⊙ up x).</summary>
internal sealed class DenseFfn(FeedForwardWeights weights)
{
    /// <summary>Reads Workspace.Normed, adds the block's output to Workspace.Hidden. Ends behind a barrier.</summary>
    public void Forward(Worker worker, StepContext step)
    {
        Workspace space = step.Workspace;
        Widen(step, space.Normed, worker.Split(weights.Width, Linear.OutGranule));
        worker.Barrier();
        PartRange outs = worker.Split(weights.Down.Rows, Linear.OutGranule);
        Narrow(step, space.Projected, outs);
        RowOps.Add(step.Kernels, 1f, space.Projected, space.Hidden, outs);
        worker.Barrier();
    }

    /// <summary>silu(gate x) ⊙ up x into Workspace.Gate, for a part of the block's width.</summary>
    public void Widen(StepContext step, ActivationRows x, PartRange part)
    {
        ActivationRows gate = step.Workspace.Gate(weights.Width);
        RowBlock up = step.Workspace.Up(weights.Width);
        Linear.Apply(step.Kernels, weights.Gate, x, gate.Values, part);
        Linear.Apply(step.Kernels, weights.Up, x, up, part);
        RowOps.Swiglu(step.Kernels, gate.Values, up, part);
        gate.Quantize(step.Kernels, new PartRange(0, up.Rows), part);
    }

    /// <summary>y = down · Workspace.Gate, for a part of the outputs.</summary>
    public void Narrow(StepContext step, RowBlock y, PartRange outs) =>
        Linear.Apply(step.Kernels, weights.Down, step.Workspace.Gate(weights.Width), y, outs);

    /// <summary>The block's width, to be split among workers.</summary>
    public int Width => weights.Width;
}
