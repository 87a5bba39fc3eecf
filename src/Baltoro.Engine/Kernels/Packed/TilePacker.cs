using System.Runtime.CompilerServices;

namespace Baltoro.Engine.Kernels;

/// <summary>
/// Rearranges Q8_0 and Q4_0 rows into tiles of 16 (<see cref="TileFormat"/>); codes and scales stay as they are.
/// </summary>
internal static unsafe class TilePacker
{
    /// <summary>
    /// Packs up to 16 rows into one tile; missing rows get scale 0. Shapes: rows[count], <paramref name="rowBytes"/> apart, of
    /// <paramref name="groups"/> blocks; tile[groups · GroupBytes].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(TileFormat format, byte* rows, nint rowBytes, int count, int groups, byte* tile)
    {
        int blockBytes = BlockBytes(format);
        int words = format.CodeBytes / TileFormat.Rows / sizeof(uint);
        uint flip = format.Bits == 8 ? 0x80808080u : 0;
        for (int group = 0; group < groups; group++, rows += blockBytes, tile += format.GroupBytes)
        {
            ushort* scales = (ushort*)(tile + format.CodeBytes);
            for (int row = 0; row < TileFormat.Rows; row++)
            {
                bool real = row < count;
                byte* block = rows + (row * rowBytes);
                scales[row] = real ? *(ushort*)block : (ushort)0;
                uint* to = (uint*)tile + row;
                for (int word = 0; word < words; word++, to += TileFormat.Rows)
                {
                    *to = real ? Unsafe.ReadUnaligned<uint>(block + sizeof(ushort) + (word * sizeof(uint))) ^ flip : flip;
                }
            }
        }
    }

    private static int BlockBytes(TileFormat format) => sizeof(ushort) + (QuantGroup.Width * format.Bits / 8);
}
