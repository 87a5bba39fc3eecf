namespace Baltoro.Engine.Model;

/// <summary>
/// Rotary angles. Pair i of a rotated vector is (x_2i, x_2i+1), turned by position · f_i with f_i = theta^(−2i/width),
/// under YaRN blended with f_i / factor by how often the pair turns within the original window. Angles are double, because
/// float32 loses up to 0.008 rad beyond 131,072 rad. Source: RoFormer; YaRN; DeepSeek-V3's interleaved layout.
/// </summary>
internal sealed class Rope
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;

    public Rope(KimiConfig config)
    {
        Width = config.RopeHeadDim;
        _frequencies = new double[Width / 2];
        _magnitude = config.Yarn is YarnScaling yarn ? yarn.Magnitude(yarn.Mscale) / yarn.Magnitude(yarn.MscaleAllDim) : 1;
        for (int i = 0; i < _frequencies.Length; i++)
        {
            double frequency = Math.Pow(config.RopeTheta, -2.0 * i / Width);
            _frequencies[i] = config.Yarn is null ? frequency : frequency * YarnFactor(config, config.Yarn, i);
        }
    }

    /// <summary>Rotated values per vector.</summary>
    public int Width { get; }

    /// <summary>Radians per position of each pair.</summary>
    public ReadOnlySpan<double> Frequencies => _frequencies;

    /// <summary>
    /// Writes the factors of <paramref name="position"/> as the rotation kernel wants them: cos twice per pair, and
    /// (−sin, +sin). Shapes: cos, sin[Width].
    /// </summary>
    public void Fill(int position, Span<float> cos, Span<float> sin)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            (double sine, double cosine) = Math.SinCos(position * _frequencies[i]);
            cos[2 * i] = cos[(2 * i) + 1] = (float)(cosine * _magnitude);
            sin[(2 * i) + 1] = (float)(sine * _magnitude);
            sin[2 * i] = -sin[(2 * i) + 1];
        }
    }

    private static double YarnFactor(KimiConfig config, YarnScaling yarn, int pair)
    {
        double low = Math.Max(Math.Floor(Corner(config, yarn, yarn.BetaFast)), 0);
        double high = Math.Min(Math.Ceiling(Corner(config, yarn, yarn.BetaSlow)), config.RopeHeadDim - 1);
        if (low == high)
        {
            high += 0.001;
        }

        double stretched = Math.Clamp((pair - low) / (high - low), 0, 1);
        return 1 - stretched + (stretched / yarn.Factor);
    }

    /// <summary>The pair index that turns <paramref name="rotations"/> times within the original window.</summary>
    private static double Corner(KimiConfig config, YarnScaling yarn, double rotations) =>
        config.RopeHeadDim * Math.Log(yarn.OriginalMaxPositions / (2 * Math.PI * rotations)) / (2 * Math.Log(config.RopeTheta));
}
