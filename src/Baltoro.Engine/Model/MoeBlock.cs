using Baltoro.Engine.Ops;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>
/// A mixture of experts: each row's experts by rank, plus the shared block. Rows are grouped by expert, one product per
/// expert and matrix; a row's sum is formed in the order of its own ranking, the shared block last, so neighbours do not
/// change it (I4).
/// </summary>
internal sealed class MoeBlock
{
    private readonly MoeWeights _weights;
    private readonly DenseFfn? _shared;
    private readonly ExpertRouter[] _routers;
    private readonly ExpertGroups _groups;

    public MoeBlock(MoeWeights weights, ExpertRouter[] routers, ExpertGroups groups)
    {
        _weights = weights;
        _shared = weights.Shared is null ? null : new DenseFfn(weights.Shared);
        _routers = routers;
        _groups = groups;
    }

    /// <summary>Reads Workspace.Normed, adds the block's output to Workspace.Hidden. Ends behind a barrier.</summary>
    public void Forward(Worker worker, StepContext step)
    {
        Route(worker, step);
        Widen(worker, step);
        worker.Barrier();
        Narrow(step, worker.Split(step.Config.HiddenSize, Linear.OutGranule));
        worker.Barrier();
    }

    private void Route(Worker worker, StepContext step)
    {
        Workspace space = step.Workspace;
        if (worker.Index == 0)
        {
            _groups.Reserve(step.Rows.RowCount);
        }

        Linear.Apply(step.Kernels, _weights.Router, space.Normed.Values, space.RouterLogits, worker.Split(_weights.Router.Rows));
        worker.Barrier();
        ReadOnlySpan<float> bias = _weights.SelectionBias is WeightVector vector ? vector.Span : [];
        PartRange rows = worker.Split(step.Rows.RowCount);
        for (int row = rows.Start; row < rows.End; row++)
        {
            _routers[worker.Index].Select(space.RouterLogits.Row(row), bias, _groups.Experts(row), _groups.Weights(row));
        }

        worker.Barrier();
        if (worker.Index == 0)
        {
            _groups.Sort();
        }

        worker.Barrier();
    }

    private void Widen(Worker worker, StepContext step)
    {
        Workspace space = step.Workspace;
        PartRange part = worker.Split(step.Config.ExpertWidth, Linear.OutGranule);
        for (int expert = 0; expert < _weights.Experts.Count; expert++)
        {
            ReadOnlySpan<int> rows = _groups.Rows(expert);
            if (rows.IsEmpty)
            {
                continue;
            }

            ActivationRows gate = space.ExpertGate.Slice(_groups.Start(expert), rows.Length);
            RowBlock up = space.ExpertUp.Slice(_groups.Start(expert), rows.Length);
            Linear.Apply(step.Kernels, _weights.Experts[expert].Gate, space.Normed, rows, gate.Values, part);
            Linear.Apply(step.Kernels, _weights.Experts[expert].Up, space.Normed, rows, up, part);
            RowOps.Swiglu(step.Kernels, gate.Values, up, part);
            gate.Quantize(step.Kernels, new PartRange(0, rows.Length), part);
        }

        _shared?.Widen(step, space.Normed, worker.Split(_shared.Width, Linear.OutGranule));
    }

    private void Narrow(StepContext step, PartRange outs)
    {
        Workspace space = step.Workspace;
        for (int expert = 0; expert < _weights.Experts.Count; expert++)
        {
            int count = _groups.Rows(expert).Length;
            if (count > 0)
            {
                ActivationRows gate = space.ExpertGate.Slice(_groups.Start(expert), count);
                Linear.Apply(step.Kernels, _weights.Experts[expert].Down, gate, space.ExpertOut.Slice(_groups.Start(expert), count), outs);
            }
        }

        Combine(step, outs);
        if (_shared is not null)
        {
            _shared.Narrow(step, space.Projected, outs);
            RowOps.Add(step.Kernels, 1f, space.Projected, space.Hidden, outs);
        }
    }

    /// <summary>hidden[row] += Σ weight · expert output, over the row's experts in their rank order.</summary>
    private void Combine(StepContext step, PartRange outs)
    {
        Workspace space = step.Workspace;
        RowBlock hidden = space.Hidden.Columns(outs.Start, outs.Count);
        RowBlock expertOut = space.ExpertOut.Columns(outs.Start, outs.Count);
        for (int row = 0; row < hidden.Rows; row++)
        {
            ReadOnlySpan<int> slots = _groups.Slots(row);
            ReadOnlySpan<float> weights = _groups.Weights(row);
            for (int rank = 0; rank < slots.Length; rank++)
            {
                RowOps.Add(step.Kernels, weights[rank], expertOut.Row(slots[rank]), hidden.Row(row));
            }
        }
    }
}
