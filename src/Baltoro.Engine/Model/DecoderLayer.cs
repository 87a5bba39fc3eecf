using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>One decoder layer: x += Attention(norm(x)), then x += FeedForward(norm(x)).</summary>
internal sealed class DecoderLayer
{
    private readonly LayerWeights _weights;
    private readonly MlaAttention _attention;
    private readonly DenseFfn? _dense;
    private readonly MoeBlock? _moe;

    public DecoderLayer(LayerWeights weights, int layer, ExpertRouter[] routers, ExpertGroups groups)
    {
        _weights = weights;
        _attention = new MlaAttention(weights.Attention, layer);
        _dense = weights.Dense is null ? null : new DenseFfn(weights.Dense);
        _moe = weights.Moe is null ? null : new MoeBlock(weights.Moe, routers, groups);
    }

    /// <summary>Replaces Workspace.Hidden by the layer's output. Starts with Hidden complete, ends behind a barrier.</summary>
    public void Forward(Worker worker, StepContext step)
    {
        Norm(worker, step, _weights.InputNorm);
        _attention.Forward(worker, step);
        Norm(worker, step, _weights.PostAttentionNorm);
        _dense?.Forward(worker, step);
        _moe?.Forward(worker, step);
    }

    private static void Norm(Worker worker, StepContext step, WeightVector weight)
    {
        Workspace space = step.Workspace;
        PartRange rows = worker.Split(step.Rows.RowCount);
        RowOps.RmsNorm(step.Kernels, space.Hidden, weight, step.Config.RmsNormEps, space.Normed.Values, rows);
        space.Normed.Quantize(step.Kernels, rows);
        worker.Barrier();
    }
}
