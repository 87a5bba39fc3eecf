using System.Runtime.InteropServices;

namespace Baltoro.Engine.Ops;

/// <summary>Native memory for rows of one width that grows when a step needs more rows, and is reused otherwise (I9).</summary>
internal sealed unsafe class RowBuffer(int width) : IDisposable
{
    private const nuint Alignment = 64;

    private float* _data;
    private int _capacityRows;

    /// <summary>Makes room for <paramref name="rows"/> rows; their contents are lost when it grows.</summary>
    public void Reserve(int rows)
    {
        if (rows <= _capacityRows)
        {
            return;
        }

        nuint bytes = checked((nuint)rows * (nuint)width * sizeof(float));
        NativeMemory.AlignedFree(_data);
        _data = null;
        _capacityRows = 0;
        _data = (float*)NativeMemory.AlignedAlloc(Math.Max(bytes, Alignment), Alignment);
        _capacityRows = rows;
    }

    /// <summary>The first <paramref name="rows"/> rows, which must have been reserved.</summary>
    public RowBlock Rows(int rows) => new RowBlock(_data, _capacityRows, width, width).Slice(0, rows);

    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        _capacityRows = 0;
    }
}
