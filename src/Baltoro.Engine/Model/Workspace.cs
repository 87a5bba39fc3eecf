using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;

namespace Baltoro.Engine.Model;

/// <summary>
/// All activations of a step, float32. Grown by need between steps, so steady decoding allocates nothing (I9). Every
/// property is [rows of the step, width]. Threads: the model's workers, each on the parts that its stage assigns to it.
/// </summary>
internal sealed class Workspace : IDisposable
{
    private readonly List<(RowBuffer Buffer, int RowsPerRow)> _perRow = [];
    private readonly List<(ActivationBuffer Buffer, int RowsPerRow)> _activations = [];
    private readonly bool _quantized;
    private readonly RowBuffer _hidden;
    private readonly ActivationBuffer _normed;
    private readonly ActivationBuffer _queryLatent;
    private readonly RowBuffer _latent;
    private readonly RowBuffer _query;
    private readonly RowBuffer _absorbedQuery;
    private readonly RowBuffer _absorbedValue;
    private readonly ActivationBuffer _attention;
    private readonly RowBuffer _projected;
    private readonly ActivationBuffer _gate;
    private readonly RowBuffer _up;
    private readonly RowBuffer _routerLogits;
    private readonly ActivationBuffer _expertGate;
    private readonly RowBuffer _expertUp;
    private readonly RowBuffer _expertOut;
    private readonly RowBuffer _cos;
    private readonly RowBuffer _sin;
    private readonly ActivationBuffer _headInput;
    private readonly RowBuffer _logits;
    private readonly int _expertsPerToken;
    private int _rows;
    private int _wanted;

    /// <param name="quantized">Whether some weights read quantized activations.</param>
    public Workspace(KimiConfig config, KernelTable kernels, int workerCount, bool quantized)
    {
        _quantized = quantized;
        int heads = config.HeadCount;
        _expertsPerToken = config.ExpertsPerToken;
        _hidden = PerRow(config.HiddenSize);
        _normed = Activations(config.HiddenSize);
        _queryLatent = Activations(config.QueryRank ?? 1);
        _latent = PerRow(config.CacheRowWidth);
        _query = PerRow(heads * config.QueryHeadDim);
        _absorbedQuery = PerRow(checked(heads * config.CacheRowWidth));
        _absorbedValue = PerRow(heads * config.LatentRank);
        _attention = Activations(heads * config.ValueHeadDim);
        _projected = PerRow(config.HiddenSize);
        int width = Math.Max(config.DenseWidth, config.SharedExpertCount * config.ExpertWidth);
        _gate = Activations(checked((width + QuantGroup.Width - 1) / QuantGroup.Width * QuantGroup.Width));
        _up = PerRow(width);
        _routerLogits = PerRow(Math.Max(config.ExpertCount, 1));
        _expertGate = Activations(Math.Max(config.ExpertWidth, 1), _expertsPerToken);
        _expertUp = PerRow(Math.Max(config.ExpertWidth, 1), _expertsPerToken);
        _expertOut = PerRow(config.HiddenSize, _expertsPerToken);
        _cos = PerRow(config.RopeHeadDim);
        _sin = PerRow(config.RopeHeadDim);
        _headInput = new ActivationBuffer(config.HiddenSize, quantized);
        _logits = new RowBuffer(config.VocabularySize);
        Attention = new AttentionScratch[workerCount];
        for (int i = 0; i < workerCount; i++)
        {
            Attention[i] = new AttentionScratch(config, kernels, quantized);
        }
    }

    /// <summary>The residual stream.</summary>
    public RowBlock Hidden => _hidden.Rows(_rows);

    /// <summary>The residual stream after the norm in front of a block.</summary>
    public ActivationRows Normed => _normed.Rows(_rows);

    /// <summary>[query rank], where the model has one.</summary>
    public ActivationRows QueryLatent => _queryLatent.Rows(_rows);

    /// <summary>[latent rank + rope], before norm and rotation.</summary>
    public RowBlock Latent => _latent.Rows(_rows);

    /// <summary>[heads · (nope + rope)].</summary>
    public RowBlock Query => _query.Rows(_rows);

    /// <summary>[heads · (latent rank + rope)].</summary>
    public RowBlock AbsorbedQuery => _absorbedQuery.Rows(_rows);

    /// <summary>[heads · latent rank].</summary>
    public RowBlock AbsorbedValue => _absorbedValue.Rows(_rows);

    /// <summary>[heads · value].</summary>
    public ActivationRows AttentionOut => _attention.Rows(_rows);

    /// <summary>[hidden]: what a block adds to the residual stream.</summary>
    public RowBlock Projected => _projected.Rows(_rows);

    /// <summary>[width] of a dense or shared block.</summary>
    public ActivationRows Gate(int width) => _gate.Rows(_rows).FirstColumns(width);

    /// <inheritdoc cref="Gate"/>
    public RowBlock Up(int width) => _up.Rows(_rows).Columns(0, width);

    /// <summary>[experts].</summary>
    public RowBlock RouterLogits => _routerLogits.Rows(_rows);

    /// <summary>[rows · experts per token, expert width], sorted by expert.</summary>
    public ActivationRows ExpertGate => _expertGate.Rows(_rows * _expertsPerToken);

    /// <inheritdoc cref="ExpertGate"/>
    public RowBlock ExpertUp => _expertUp.Rows(_rows * _expertsPerToken);

    /// <summary>[rows · experts per token, hidden], sorted by expert.</summary>
    public RowBlock ExpertOut => _expertOut.Rows(_rows * _expertsPerToken);

    /// <summary>[rope]: cosines of each row's position.</summary>
    public RowBlock Cos => _cos.Rows(_rows);

    /// <inheritdoc cref="Cos"/>
    public RowBlock Sin => _sin.Rows(_rows);

    /// <summary>[hidden] of the wanted rows after the final norm.</summary>
    public ActivationRows HeadInput => _headInput.Rows(_wanted);

    /// <summary>[vocabulary] of the wanted rows.</summary>
    public RowBlock Logits => _logits.Rows(_wanted);

    /// <summary>Each worker's own attention memory.</summary>
    public AttentionScratch[] Attention { get; }

    /// <summary>Makes room for a step.</summary>
    public void Reserve(int rows, int wantedRows)
    {
        foreach ((RowBuffer buffer, int rowsPerRow) in _perRow)
        {
            buffer.Reserve(checked(rows * rowsPerRow));
        }

        foreach ((ActivationBuffer buffer, int rowsPerRow) in _activations)
        {
            buffer.Reserve(checked(rows * rowsPerRow));
        }

        _headInput.Reserve(wantedRows);
        _logits.Reserve(wantedRows);
        _rows = rows;
        _wanted = wantedRows;
    }

    public void Dispose()
    {
        foreach ((RowBuffer buffer, _) in _perRow)
        {
            buffer.Dispose();
        }

        foreach ((ActivationBuffer buffer, _) in _activations)
        {
            buffer.Dispose();
        }

        _headInput.Dispose();
        _logits.Dispose();
        foreach (AttentionScratch scratch in Attention)
        {
            scratch.Dispose();
        }
    }

    private RowBuffer PerRow(int width, int rowsPerRow = 1)
    {
        RowBuffer buffer = new(width);
        _perRow.Add((buffer, rowsPerRow));
        return buffer;
    }

    private ActivationBuffer Activations(int width, int rowsPerRow = 1)
    {
        ActivationBuffer buffer = new(width, _quantized);
        _activations.Add((buffer, rowsPerRow));
        return buffer;
    }
}
