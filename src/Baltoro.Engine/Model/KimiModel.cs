using Baltoro.Engine.Cache;
using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Threads;
using Baltoro.Engine.Weights;

namespace Baltoro.Engine.Model;

/// <summary>
/// The text model: embedding, decoder layers, head. All workers walk through <see cref="Execute"/> side by side, each on
/// its own rows, outputs or heads, and meet at barriers. Every value is computed by one worker in an order that does not
/// depend on how many there are (I6).
/// </summary>
internal sealed class KimiModel : IParallelWork, IDisposable
{
    /// <summary>
    /// Multiply-adds up to which a step stays on one thread. One core does about 10 to 20 of them per nanosecond, so such a
    /// step takes about a millisecond; sharing it costs some sixty meetings of the threads, cheap on an idle machine but a
    /// scheduler's time slice each when other processes want the cores.
    /// </summary>
    private const long AloneMultiplyAdds = 16_000_000;

    private readonly KimiWeights _weights;
    private readonly WorkerPool _pool;
    private readonly Rope _rope;
    private readonly DecoderLayer[] _layers;
    private readonly LmHead _head;
    private readonly Workspace _workspace;
    private readonly DecodePlan? _decode;
    private readonly StepContext _step;
    private readonly long _multiplyAddsPerRow;
    private readonly long _multiplyAddsPerLogitRow;

    public KimiModel(KimiConfig config, KimiWeights weights, KernelTable kernels, WorkerPool pool)
    {
        _weights = weights;
        _pool = pool;
        _multiplyAddsPerRow = ModelCost.MultiplyAddsPerRow(config);
        _multiplyAddsPerLogitRow = (long)config.HiddenSize * config.VocabularySize;
        _rope = new Rope(config);
        _workspace = new Workspace(config, kernels, pool.ThreadCount, weights.HasTiles);
        bool decodes = kernels.Bf16 is not null && DecodePlan.CanHold(config) && weights.Layers.Any(layer => layer.Attention.Panels.Count > 0);
        _decode = decodes ? new DecodePlan(config) : null;
        _step = new StepContext(config, kernels, _workspace, _decode);
        _head = new LmHead(weights.FinalNorm, weights.Head);
        ExpertGroups groups = new(config.ExpertCount, config.ExpertsPerToken);
        ExpertRouter[] routers = new ExpertRouter[pool.ThreadCount];
        for (int i = 0; i < routers.Length; i++)
        {
            routers[i] = new ExpertRouter(config);
        }

        _layers = new DecoderLayer[config.LayerCount];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = new DecoderLayer(weights.Layers[i], i, routers, groups);
        }
    }

    /// <summary>Runs one step; returns logits[wanted rows, vocabulary], valid until the next step.</summary>
    public RowBlock Run(StepPlan plan, LatentCache cache)
    {
        _step.Rows.Fill(plan, cache, _step.Config);
        _workspace.Reserve(_step.Rows.RowCount, _step.Rows.WantedCount);
        _decode?.Fill(_step.Rows);
        if (_step.Rows.RowCount > 0)
        {
            _step.Cache = cache;
            if (IsSmall())
            {
                _pool.RunAlone(this);
            }
            else
            {
                _pool.Run(this);
            }

            _step.Cache = null;
        }

        return _workspace.Logits;
    }

    /// <inheritdoc/>
    public void Execute(Worker worker)
    {
        Embed(worker);
        worker.Barrier();
        foreach (DecoderLayer layer in _layers)
        {
            layer.Forward(worker, _step);
        }

        if (_step.Rows.WantedCount > 0)
        {
            _head.Forward(worker, _step);
        }
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _decode?.Dispose();
    }

    private bool IsSmall() =>
        (_step.Rows.RowCount * _multiplyAddsPerRow) + (_step.Rows.WantedCount * _multiplyAddsPerLogitRow) <= AloneMultiplyAdds;

    /// <summary>Each row's embedding, its token's or an image's, and rotary angles.</summary>
    private void Embed(Worker worker)
    {
        PartRange rows = worker.Split(_step.Rows.RowCount);
        for (int row = rows.Start; row < rows.End; row++)
        {
            _weights.Embedding.CopyRow(_step.Rows.Tokens[row], _workspace.Hidden.Row(row));
            _rope.Fill(_step.Rows.Positions[row], _workspace.Cos.Row(row), _workspace.Sin.Row(row));
        }

        foreach (MediaRows media in _step.Rows.Media)
        {
            PlaceImage(media, rows.Within(media.FirstRow, media.RowCount));
        }
    }

    /// <summary>Puts an image's embeddings in the place of its pad tokens', in the rows <paramref name="part"/> of it.</summary>
    private void PlaceImage(in MediaRows media, PartRange part)
    {
        int hidden = _step.Config.HiddenSize;
        for (int i = part.Start; i < part.End; i++)
        {
            media.Values.Span.Slice(i * hidden, hidden).CopyTo(_workspace.Hidden.Row(media.FirstRow + i));
        }
    }
}
