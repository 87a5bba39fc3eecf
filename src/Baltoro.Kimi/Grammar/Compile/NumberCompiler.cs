using System.Numerics;
using Baltoro.Kimi.Grammar.Rules;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>
/// Turns bounds and multiples into <see cref="NumberSpec"/>s. Validators compare in double precision; the digits allowed
/// behind the point are chosen so that rounding there cannot cross an exclusive bound.
/// </summary>
internal static class NumberCompiler
{
    private const int SafeDigits = 15;
    private const int MaxScale = 20;
    private static readonly BigInteger SafeInteger = (BigInteger.One << 53) - 1;
    private static readonly BigInteger LargestStep = BigInteger.Pow(10, 15);
    private static readonly BigInteger LargestBound = BigInteger.Pow(10, 18);

    /// <summary>The numbers that satisfy all <paramref name="nodes"/>; null when there are none.</summary>
    /// <param name="isInteger">Whether only integers are wanted.</param>
    /// <exception cref="SchemaNotSupportedException">A bound or a step lies outside what can be enforced.</exception>
    public static NumberSpec? Compile(IReadOnlyList<SchemaNode> nodes, bool isInteger)
    {
        BigInteger step = BigInteger.One;
        foreach (SchemaNode node in nodes)
        {
            if (node.MultipleOf is { } multiple)
            {
                step = Combine(step, multiple, node);
                isInteger = true;
            }
        }

        Bound low = Strictest(nodes, isLow: true);
        Bound high = Strictest(nodes, isLow: false);
        NumberSpec spec = isInteger ? Integers(low, high, step) : Decimals(low, high);
        return spec.IsEmpty ? null : spec;
    }

    /// <summary>Whether nothing restricts numbers, so that exponents may be written too.</summary>
    public static bool IsUnrestricted(IReadOnlyList<SchemaNode> nodes) =>
        nodes.All(node => node.Minimum is null && node.Maximum is null && node.MultipleOf is null);

    private static BigInteger Combine(BigInteger step, DecimalNumber multiple, SchemaNode node)
    {
        if (!multiple.IsInteger)
        {
            throw new SchemaNotSupportedException(node.Path, "multipleOf", $"{multiple} cannot be enforced; only integers can (fractions are not exact in binary)");
        }

        BigInteger value = multiple.ScaledFloor(0);
        BigInteger combined = step / BigInteger.GreatestCommonDivisor(step, value) * value;
        return combined <= LargestStep
            ? combined
            : throw new SchemaNotSupportedException(node.Path, "multipleOf", $"{combined} is too large; allowed is at most {LargestStep}");
    }

    private static Bound Strictest(IReadOnlyList<SchemaNode> nodes, bool isLow)
    {
        var best = new Bound(null, false, null);
        foreach (SchemaNode node in nodes)
        {
            if ((isLow ? node.Minimum : node.Maximum) is not { } value)
            {
                continue;
            }

            bool exclusive = isLow ? node.MinimumExclusive : node.MaximumExclusive;
            int order = best.Value is { } known ? value.CompareTo(known) * (isLow ? 1 : -1) : 1;
            if (order > 0 || (order == 0 && exclusive))
            {
                best = new Bound(value, exclusive, node);
            }
        }

        return best;
    }

    private static NumberSpec Integers(Bound low, Bound high, BigInteger step)
    {
        bool safe = !step.IsOne || low.IsExclusive || high.IsExclusive;
        BigInteger smallest = safe ? -SafeInteger : long.MinValue;
        BigInteger largest = safe ? SafeInteger : long.MaxValue;
        BigInteger from = low.AsLow(0) ?? smallest;
        BigInteger to = high.AsHigh(0) ?? largest;
        RequireReachable(low, from <= largest, "minimum", largest);
        RequireReachable(high, to >= smallest, "maximum", smallest);
        return new NumberSpec((Int128)BigInteger.Max(from, smallest), (Int128)BigInteger.Min(to, largest), 0, (Int128)step);
    }

    private static NumberSpec Decimals(Bound low, Bound high)
    {
        RequireReachable(low, low.Magnitude <= LargestBound, "minimum", LargestBound);
        RequireReachable(high, high.Magnitude <= LargestBound, "maximum", LargestBound);
        BigInteger magnitude = BigInteger.Max(low.Magnitude, high.Magnitude);
        int digits = magnitude.IsZero ? 1 : magnitude.ToString(System.Globalization.CultureInfo.InvariantCulture).Length;
        int scale = Math.Max(Math.Max(0, SafeDigits - digits), Math.Min(Math.Max(low.Scale, high.Scale), MaxScale));
        BigInteger open = BigInteger.Max(LargestStep, magnitude * 10) * BigInteger.Pow(10, scale);
        return new NumberSpec((Int128)(low.AsLow(scale) ?? -open), (Int128)(high.AsHigh(scale) ?? open), scale, 1);
    }

    private static void RequireReachable(Bound bound, bool holds, string keyword, BigInteger limit)
    {
        if (!holds && bound.Node is not null)
        {
            throw new SchemaNotSupportedException(bound.Node.Path, keyword, $"{bound.Value} is beyond what can be enforced ({limit})");
        }
    }

    private readonly record struct Bound(DecimalNumber? Value, bool IsExclusive, SchemaNode? Node)
    {
        /// <summary>The bound without its fraction, rounded away from zero.</summary>
        public BigInteger Magnitude => Value is { } value ? BigInteger.Max(BigInteger.Abs(value.ScaledFloor(0)), BigInteger.Abs(value.ScaledCeiling(0))) : 0;

        public int Scale => Value?.Scale ?? 0;

        public BigInteger? AsLow(int scale)
        {
            BigInteger? first = Value?.ScaledCeiling(scale);
            return first is { } candidate && IsExclusive && Compare(candidate, scale) <= 0 ? candidate + 1 : first;
        }

        public BigInteger? AsHigh(int scale)
        {
            BigInteger? last = Value?.ScaledFloor(scale);
            return last is { } candidate && IsExclusive && Compare(candidate, scale) >= 0 ? candidate - 1 : last;
        }

        /// <summary>How a validator that rounds to double compares candidate / 10^scale with the bound.</summary>
        private int Compare(BigInteger candidate, int scale)
        {
            string text = $"{candidate}e-{scale}";
            double left = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            double right = double.Parse($"{Value!.Value.Mantissa}e{Value.Value.Exponent}", System.Globalization.CultureInfo.InvariantCulture);
            return left.CompareTo(right);
        }
    }
}
