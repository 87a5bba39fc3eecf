namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// Rotary angles of patches. A head of width w is w/2 pairs of neighbouring values; for i = 0 … w/4 − 1, θ_i = 10000^(−4i/w),
/// pair 2i turns by column · θ_i and pair 2i + 1 by row · θ_i. Frames do not count. Source: MoonViT (Rope2DPosEmb).
/// </summary>
internal sealed class PatchRope
{
    private const double Base = 10_000;

    private readonly float[] _cos;
    private readonly float[] _sin;
    private readonly int _count;

    public PatchRope(int headDim, int sideLimit)
    {
        Width = headDim;
        _count = headDim / 4;
        _cos = new float[sideLimit * _count];
        _sin = new float[sideLimit * _count];
        for (int place = 0; place < sideLimit; place++)
        {
            for (int i = 0; i < _count; i++)
            {
                (double sine, double cosine) = Math.SinCos(place * Math.Pow(Base, -4.0 * i / headDim));
                _cos[(place * _count) + i] = (float)cosine;
                _sin[(place * _count) + i] = (float)sine;
            }
        }
    }

    /// <summary>Values of a head.</summary>
    public int Width { get; }

    /// <summary>
    /// Writes the factors of one patch as the rotation kernel wants them: cos twice per pair, and (−sin, +sin). Shapes: cos, sin[Width].
    /// </summary>
    public void Fill(int row, int column, Span<float> cos, Span<float> sin)
    {
        for (int i = 0; i < _count; i++)
        {
            Pair(column, i, cos.Slice(4 * i, 2), sin.Slice(4 * i, 2));
            Pair(row, i, cos.Slice((4 * i) + 2, 2), sin.Slice((4 * i) + 2, 2));
        }
    }

    private void Pair(int place, int i, Span<float> cos, Span<float> sin)
    {
        int at = (place * _count) + i;
        cos[0] = cos[1] = _cos[at];
        sin[0] = -_sin[at];
        sin[1] = _sin[at];
    }
}
