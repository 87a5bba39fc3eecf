namespace Baltoro.Engine.Model;

/// <summary>YaRN context extension as config.json states it.</summary>
/// <param name="Factor">Extended length over original length, above 1.</param>
/// <param name="OriginalMaxPositions">Positions the base model was trained on.</param>
/// <param name="BetaFast">Rotations from which on a frequency is left alone.</param>
/// <param name="BetaSlow">Rotations up to which a frequency is divided by the whole factor.</param>
/// <param name="Mscale">Magnitude of cosine and sine.</param>
/// <param name="MscaleAllDim">Magnitude of the whole score; its square goes into the softmax scale.</param>
public sealed record YarnScaling(
    double Factor,
    int OriginalMaxPositions,
    double BetaFast,
    double BetaSlow,
    double Mscale,
    double MscaleAllDim)
{
    /// <summary>0.1 · a · ln(factor) + 1, or 1 when the factor does not extend.</summary>
    public double Magnitude(double a) => Factor <= 1 ? 1 : (0.1 * a * Math.Log(Factor)) + 1;
}
