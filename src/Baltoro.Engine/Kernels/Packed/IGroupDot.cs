namespace Baltoro.Engine.Kernels;

/// <summary>An instruction set's way to multiply one group of a tile with one group of activations.</summary>
internal unsafe interface IGroupDot
{
    /// <summary>
    /// dots[row] = Σ_k code[row, k] · x[k], exact, for the 16 rows of the tile. The group may lie anywhere; all of it is
    /// readable.
    /// </summary>
    static abstract void Dot(TileFormat format, byte* group, QuantGroup* x, int* dots);
}
