namespace Baltoro.Engine.Kernels;

/// <summary>Both forms of GELU in double, for the scalar twins and for the projector, where a picture has few values.</summary>
internal static unsafe class Gelu
{
    /// <summary>−2 · √(2/π): the factor of x in the exponent of the tanh form.</summary>
    public const double TanhLinear = -1.5957691216057308;

    /// <summary>−2 · √(2/π) · 0.044715: the factor of x³.</summary>
    public const double TanhCubic = TanhLinear * 0.044715;

    /// <summary>Beyond it, Φ(−x) · x is below 1e-18.</summary>
    private const double Flat = LargestZ * 1.4142135623730951;

    private const double LargestZ = 6.5;

    /// <summary>
    /// Chebyshev coefficients of e^(z²) · erfc(z) in t = 1 / (1 + z/2), t from 1 / (1 + 6.5/2) to 1; largest relative error
    /// 2e-13. Fitted for this project at the Chebyshev points in double precision.
    /// </summary>
    private static readonly double[] Coefficients =
    [
        0.45679675448538243, 0.44896437854820836, 0.08628647882716738, 0.008234684304724774,
        -0.00018314076766473415, -0.00010352560528770614, 2.8775762759899695e-06, 1.6514228096072625e-06,
        -1.4017804747681002e-07, -2.3744488187583504e-08, 5.239354613981679e-09, 4.892859093761659e-12,
        -1.311631709522435e-10, 1.7343165762471617e-11, 1.0669853188388264e-12, -6.60624693359623e-13,
        8.14992513680201e-14,
    ];

    /// <summary>y_i = ½x(1 + erf(x/√2)), the exact GELU. Shapes: x, y[width]; y may be x. One implementation for all variants.</summary>
    public static void Erf(float* x, int width, float* y)
    {
        for (int i = 0; i < width; i++)
        {
            y[i] = (float)Exact(x[i]);
        }
    }

    /// <inheritdoc cref="VisionKernels{TSimd, TVector}.GeluTanh"/>
    public static void Tanh(float* x, int width, float* y)
    {
        for (int i = 0; i < width; i++)
        {
            double value = x[i];
            y[i] = (float)(value / (1 + Math.Exp(value * (TanhLinear + (TanhCubic * value * value)))));
        }
    }

    /// <summary>x · Φ(x), within 1e-12 · |x|.</summary>
    public static double Exact(double x)
    {
        double size = Math.Abs(x);
        double tail = size < Flat ? size * Complement(size / Math.Sqrt(2)) / 2 : size > 0 ? 0 : size;
        return x > 0 ? x - tail : -tail;
    }

    /// <summary>erfc(z) for z in 0..6.5.</summary>
    private static double Complement(double z)
    {
        const double Low = 1 / (1 + (LargestZ / 2));
        double t = 1 / (1 + (z / 2));
        double s = ((2 * t) - (1 + Low)) / (1 - Low);
        double next = 0;
        double after = 0;
        for (int k = Coefficients.Length - 1; k > 0; k--)
        {
            (next, after) = ((2 * s * next) - after + Coefficients[k], next);
        }

        return ((s * next) - after + Coefficients[0]) * Math.Exp(-z * z);
    }
}
