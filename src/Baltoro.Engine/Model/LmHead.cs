using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>Final norm and vocabulary projection, for the wanted rows only.</summary>
internal sealed class LmHead(WeightVector norm, WeightMatrix head)
{
    /// <summary>Fills Workspace.Logits.</summary>
    public void Forward(Worker worker, StepContext step)
    {
        Workspace space = step.Workspace;
        ReadOnlySpan<int> wanted = step.Rows.Wanted;
        PartRange own = worker.Split(wanted.Length);
        for (int i = own.Start; i < own.End; i++)
        {
            RowBlock row = space.Hidden.Slice(wanted[i], 1);
            RowOps.RmsNorm(step.Kernels, row, norm, step.Config.RmsNormEps, space.HeadInput.Values.Slice(i, 1), new PartRange(0, 1));
        }

        space.HeadInput.Quantize(step.Kernels, own);

        worker.Barrier();
        Linear.Apply(step.Kernels, head, space.HeadInput, space.Logits, worker.Split(head.Rows, Linear.OutGranule));
    }
}
