namespace Baltoro.Engine.Kernels;

/// <summary>Single values of one group of a tile, for the reference kernel, for widening and for tests.</summary>
internal static unsafe class TileReader
{
    /// <summary>Σ codes of weight row <paramref name="row"/> · codes of <paramref name="x"/>; exact.</summary>
    public static int Dot(TileFormat format, byte* group, int row, QuantGroup* x)
    {
        int sum = 0;
        for (int k = 0; k < QuantGroup.Width; k++)
        {
            sum += Code(format, group, row, k) * x->Codes[k];
        }

        return sum;
    }

    /// <summary>The signed code of column <paramref name="column"/> of the group.</summary>
    public static int Code(TileFormat format, byte* group, int row, int column)
    {
        if (format.Bits == 8)
        {
            return group[(column / 4 * 64) + (row * 4) + (column % 4)] - 128;
        }

        int low = column % 16;
        return ((group[(low / 4 * 64) + (row * 4) + (low % 4)] >> (column / 16 * 4)) & 15) - 8;
    }

    public static float Scale(TileFormat format, byte* group, int row) =>
        HalfBits.ToSingle(((ushort*)(group + format.CodeBytes))[row]);
}
