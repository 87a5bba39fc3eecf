namespace Baltoro.Engine.Model.Vision;

/// <summary>
/// Where the four neighbours of each place lie when a table is stretched along one direction, and what they weigh: cubic
/// convolution with a = −0.75, place i at (i + ½) · from / to − ½, neighbours beyond an end replaced by the end, nothing smoothed.
/// Source: PyTorch's bicubic interpolation with align_corners off.
/// </summary>
internal sealed class CubicTaps
{
    /// <summary>Neighbours of a place.</summary>
    public const int Count = 4;

    private const double A = -0.75;

    private readonly int[] _indices;
    private readonly double[] _weights;

    /// <param name="from">Length of the table.</param>
    /// <param name="to">Places that are wanted.</param>
    public CubicTaps(int from, int to)
    {
        _indices = new int[to * Count];
        _weights = new double[to * Count];
        for (int place = 0; place < to; place++)
        {
            double center = ((place + 0.5) * from / to) - 0.5;
            double floor = Math.Floor(center);
            double t = center - floor;
            Span<double> weights = _weights.AsSpan(place * Count, Count);
            weights[0] = Outer(t + 1);
            weights[1] = Inner(t);
            weights[2] = Inner(1 - t);
            weights[3] = Outer(2 - t);
            for (int k = 0; k < Count; k++)
            {
                _indices[(place * Count) + k] = Math.Clamp((int)floor - 1 + k, 0, from - 1);
            }
        }
    }

    /// <summary>Table entry of neighbour <paramref name="tap"/>.</summary>
    public int Index(int place, int tap) => _indices[(place * Count) + tap];

    public double Weight(int place, int tap) => _weights[(place * Count) + tap];

    /// <summary>The kernel for distances up to 1.</summary>
    private static double Inner(double d) => ((((A + 2) * d) - (A + 3)) * d * d) + 1;

    /// <summary>The kernel for distances from 1 to 2.</summary>
    private static double Outer(double d) => (((A * d) - (5 * A)) * d + (8 * A)) * d - (4 * A);
}
