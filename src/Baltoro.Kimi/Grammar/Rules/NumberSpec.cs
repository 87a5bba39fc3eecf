namespace Baltoro.Kimi.Grammar.Rules;

/// <summary>
/// Decimal numbers N / 10^Scale with Low ≤ N ≤ High and N a multiple of Step, written plainly: no exponent, no leading
/// zeros, no negative zero. With scale 0 these are integers. The state of a half-written number is the value so far, so
/// that any range costs the same.
/// </summary>
internal sealed record NumberSpec
{
    public NumberSpec(Int128 low, Int128 high, int scale, Int128 step)
    {
        Low = low;
        High = high;
        Scale = scale;
        Step = step;
        PositiveLow = Int128.Max(0, low);
        NegativeLow = Int128.Max(1, -high);
        NegativeHigh = -low;
        Unit = Power(scale);
    }

    public Int128 Low { get; }

    public Int128 High { get; }

    public int Scale { get; }

    public Int128 Step { get; }

    private Int128 PositiveLow { get; }

    private Int128 NegativeLow { get; }

    private Int128 NegativeHigh { get; }

    private Int128 Unit { get; }

    /// <summary>Whether no number satisfies the bounds.</summary>
    public bool IsEmpty => !HasMultiple(PositiveLow, High) && !HasMultiple(NegativeLow, NegativeHigh);

    /// <summary>Whether a number of this sign can follow the (empty) sign.</summary>
    public bool CanBegin(bool negative) => negative ? HasMultiple(NegativeLow, NegativeHigh) : HasMultiple(PositiveLow, High);

    /// <summary>Whether digits so far, without a point, can become a number: more digits and a fraction may follow.</summary>
    public bool CanExtendInteger(Int128 value, bool negative)
    {
        Int128 high = negative ? NegativeHigh : High;
        Int128 first = value * Unit;
        Int128 last = first + Unit - 1;
        while (first <= high)
        {
            if (Overlaps(first, last, negative))
            {
                return true;
            }

            if (value == 0)
            {
                return false;
            }

            first *= 10;
            last = (last * 10) + 9;
        }

        return false;
    }

    /// <summary>Whether digits with <paramref name="fractionDigits"/> of them behind the point can become a number.</summary>
    public bool CanExtendFraction(Int128 value, int fractionDigits, bool negative)
    {
        Int128 unit = Power(Scale - fractionDigits);
        return Overlaps(value * unit, (value * unit) + unit - 1, negative);
    }

    /// <summary>Whether the digits are a number as they stand.</summary>
    public bool IsComplete(Int128 value, int fractionDigits, bool negative)
    {
        Int128 scaled = value * Power(Scale - fractionDigits);
        return Overlaps(scaled, scaled, negative);
    }

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    private bool Overlaps(Int128 first, Int128 last, bool negative) =>
        HasMultiple(Int128.Max(first, negative ? NegativeLow : PositiveLow), Int128.Min(last, negative ? NegativeHigh : High));

    private bool HasMultiple(Int128 low, Int128 high) => low <= high && (Step == 1 || high / Step * Step >= low);
}
