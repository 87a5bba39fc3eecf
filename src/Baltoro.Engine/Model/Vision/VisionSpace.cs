using Baltoro.Engine.Kernels;
using Baltoro.Engine.Ops;
using Baltoro.Engine.Vision;

namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// The memory of one image on its way through the tower, float32: what lives as long as the image, and what one slice needs.
/// Threads: the model's workers, each on the parts that its stage assigns to it.
/// </summary>
internal sealed class VisionSpace : IDisposable
{
    /// <summary>Most patches of a slice.</summary>
    public const int SliceRows = 1024;

    private readonly RowBuffer _hidden;
    private readonly RowBuffer _keyTiles;
    private readonly RowBuffer _values;
    private readonly RowBuffer _normed;
    private readonly RowBuffer _query;
    private readonly RowBuffer _attention;
    private readonly RowBuffer _projected;
    private readonly RowBuffer _mlp;
    private readonly RowBuffer _cos;
    private readonly RowBuffer _sin;
    private readonly RowBuffer _cells;
    private readonly RowBuffer _cellMlp;
    private readonly RowBuffer _embeddings;
    private readonly RowBuffer _patches;
    private readonly RowBuffer[] _all;
    private readonly int _hiddenSize;
    private int _patchCount;
    private int _rows;
    private int _cellRows;

    public VisionSpace(VisionConfig config, KernelTable kernels, int workerCount)
    {
        _hiddenSize = config.HiddenSize;
        _hidden = new RowBuffer(config.HiddenSize);
        _keyTiles = new RowBuffer(FullAttention.TileKeys);
        _values = new RowBuffer(config.HiddenSize);
        _normed = new RowBuffer(config.HiddenSize);
        _query = new RowBuffer(config.HiddenSize);
        _attention = new RowBuffer(config.HiddenSize);
        _projected = new RowBuffer(config.HiddenSize);
        _mlp = new RowBuffer(config.MlpWidth);
        _cos = new RowBuffer(config.HeadDim);
        _sin = new RowBuffer(config.HeadDim);
        _patches = new RowBuffer(config.PatchWidth);
        _cells = new RowBuffer(config.CellWidth);
        _cellMlp = new RowBuffer(config.CellWidth);
        _embeddings = new RowBuffer(config.TextWidth);
        _all = [_hidden, _keyTiles, _values, _normed, _query, _attention, _projected, _mlp, _cos, _sin, _patches, _cells, _cellMlp, _embeddings];
        Attention = new FullAttentionScratch[workerCount];
        for (int i = 0; i < workerCount; i++)
        {
            Attention[i] = new FullAttentionScratch(kernels);
        }
    }

    /// <summary>[patches, hidden]: the residual stream of the whole image.</summary>
    public RowBlock Hidden => _hidden.Rows(_patchCount);

    /// <summary>
    /// [tiles · hidden, TileKeys]: rotated keys of the whole image in the current layer, all heads, transposed tile by tile.
    /// </summary>
    public RowBlock KeyTiles => _keyTiles.Rows(checked(TileCount * _hiddenSize));

    /// <summary>[patches, hidden]: values of the whole image in the current layer, all heads.</summary>
    public RowBlock Values => _values.Rows(_patchCount);

    /// <summary>[slice, 3 · patch · patch].</summary>
    public RowBlock Patches => _patches.Rows(_rows);

    /// <summary>[slice, hidden]: keys before they are transposed.</summary>
    public RowBlock SliceKeys => _query.Rows(_rows);

    /// <summary>[slice, hidden].</summary>
    public RowBlock Normed => _normed.Rows(_rows);

    /// <inheritdoc cref="Normed"/>
    public RowBlock Query => _query.Rows(_rows);

    /// <inheritdoc cref="Normed"/>
    public RowBlock AttentionOut => _attention.Rows(_rows);

    /// <inheritdoc cref="Normed"/>
    public RowBlock Projected => _projected.Rows(_rows);

    /// <summary>[slice, mlp].</summary>
    public RowBlock Mlp => _mlp.Rows(_rows);

    /// <summary>[slice, head]: rotary factors of each patch.</summary>
    public RowBlock Cos => _cos.Rows(_rows);

    /// <inheritdoc cref="Cos"/>
    public RowBlock Sin => _sin.Rows(_rows);

    /// <summary>[slice of cells, cell width].</summary>
    public RowBlock Cells => _cells.Rows(_cellRows);

    /// <inheritdoc cref="Cells"/>
    public RowBlock CellMlp => _cellMlp.Rows(_cellRows);

    /// <summary>[slice of cells, text width].</summary>
    public RowBlock Embeddings => _embeddings.Rows(_cellRows);

    /// <summary>[1, hidden]: a worker's own row while cells are merged.</summary>
    public RowBlock Scratch(int worker) => _normed.Rows(Attention.Length).Slice(worker, 1);

    /// <summary>Each worker's own attention memory.</summary>
    public FullAttentionScratch[] Attention { get; }

    private int TileCount => (_patchCount + FullAttention.TileKeys - 1) / FullAttention.TileKeys;

    /// <summary>Makes room for an image.</summary>
    public void Begin(ImageInput image)
    {
        _patchCount = checked((int)image.PatchCount);
        _hidden.Reserve(_patchCount);
        _values.Reserve(_patchCount);
        _keyTiles.Reserve(checked(TileCount * _hiddenSize));
    }

    /// <summary>Makes room for a slice of patches.</summary>
    public void BeginPatches(int rows)
    {
        foreach (RowBuffer buffer in (ReadOnlySpan<RowBuffer>)[_patches, _normed, _query, _attention, _projected, _mlp, _cos, _sin])
        {
            buffer.Reserve(rows);
        }

        _rows = rows;
    }

    /// <summary>Makes room for a slice of merged cells.</summary>
    public void BeginCells(int cells)
    {
        _normed.Reserve(Attention.Length);
        _cells.Reserve(cells);
        _cellMlp.Reserve(cells);
        _embeddings.Reserve(cells);
        _cellRows = cells;
    }

    /// <summary>The image is done: gives its memory back, which idle engines should not hold.</summary>
    public void End()
    {
        foreach (RowBuffer buffer in _all)
        {
            buffer.Dispose();
        }

        _patchCount = 0;
        _rows = 0;
        _cellRows = 0;
    }

    public void Dispose()
    {
        End();
        foreach (FullAttentionScratch scratch in Attention)
        {
            scratch.Dispose();
        }
    }
}
