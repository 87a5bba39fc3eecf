using Baltoro.Engine.Kernels;
using Baltoro.Engine.Threads;

namespace Baltoro.Engine.Ops;

/// <summary>
/// A view of activations: float32 rows and, behind <see cref="Codes"/>, the same rows quantized, once
/// <see cref="Quantize(KernelTable, PartRange)"/> has been called for them. Whoever writes values quantizes them before the
/// next barrier.
/// </summary>
internal readonly unsafe struct ActivationRows(RowBlock values, QuantGroup* codes, nint codeStride)
{
    public RowBlock Values { get; } = values;

    /// <summary>codes[rows, width / 32], or null where no weights want them.</summary>
    public QuantGroup* Codes { get; } = codes;

    /// <summary>Groups between rows.</summary>
    public nint CodeStride { get; } = codeStride;

    /// <summary>Whether some weights want the quantized form.</summary>
    public bool IsQuantized => Codes != null;

    /// <summary>Rows [start, start + count).</summary>
    public ActivationRows Slice(int start, int count) =>
        new(Values.Slice(start, count), Codes == null ? null : Codes + (start * CodeStride), CodeStride);

    /// <summary>The first <paramref name="count"/> columns of every row.</summary>
    public ActivationRows FirstColumns(int count) =>
        new(Values.Columns(0, count), count % QuantGroup.Width == 0 ? Codes : null, CodeStride);

    /// <summary>Quantizes whole rows. Threads: any, on disjoint rows.</summary>
    public void Quantize(KernelTable kernels, PartRange rows) => Quantize(kernels, rows, new PartRange(0, Values.Width));

    /// <summary>Quantizes some columns, whole groups, of some rows. Threads: any, on disjoint parts.</summary>
    public void Quantize(KernelTable kernels, PartRange rows, PartRange columns)
    {
        if (Codes == null || kernels.Packed is not PackedKernels packed || columns.Count == 0)
        {
            return;
        }

        if (columns.Start % QuantGroup.Width != 0 || columns.Count % QuantGroup.Width != 0 || columns.End > Values.Width)
        {
            throw new ArgumentException($"columns {columns.Start}+{columns.Count} of {Values.Width} are not whole groups", nameof(columns));
        }

        for (int row = rows.Start; row < rows.End; row++)
        {
            packed.Quantize(
                Values.RowAt(row) + columns.Start,
                columns.Count / QuantGroup.Width,
                Codes + (row * CodeStride) + (columns.Start / QuantGroup.Width));
        }
    }
}
