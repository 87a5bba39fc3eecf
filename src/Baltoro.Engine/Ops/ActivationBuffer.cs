using Baltoro.Engine.Kernels;

namespace Baltoro.Engine.Ops;

/// <summary>
/// Rows of activations with, where tiled weights will read them, room for their quantized form. Grows like
/// <see cref="RowBuffer"/>.
/// </summary>
internal sealed unsafe class ActivationBuffer : IDisposable
{
    private readonly RowBuffer _values;
    private readonly RowBuffer? _codes;
    private readonly int _groups;

    /// <param name="width">Values per row.</param>
    /// <param name="quantized">Whether the quantized form is wanted; only widths of whole groups have one.</param>
    public ActivationBuffer(int width, bool quantized)
    {
        _values = new RowBuffer(width);
        _groups = quantized && width % QuantGroup.Width == 0 ? width / QuantGroup.Width : 0;
        _codes = _groups == 0 ? null : new RowBuffer(_groups * QuantGroup.ByteCount / sizeof(float));
    }

    /// <inheritdoc cref="RowBuffer.Reserve"/>
    public void Reserve(int rows)
    {
        _values.Reserve(rows);
        _codes?.Reserve(rows);
    }

    /// <summary>The first <paramref name="rows"/> rows, which must have been reserved.</summary>
    public ActivationRows Rows(int rows) => new(_values.Rows(rows), _codes is null ? null : (QuantGroup*)_codes.Rows(rows).Data, _groups);

    public void Dispose()
    {
        _values.Dispose();
        _codes?.Dispose();
    }
}
