using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Baltoro.Kimi.Schema;

/// <summary>An exact decimal: Mantissa × 10^Exponent, without trailing zeros in the mantissa.</summary>
internal readonly record struct DecimalNumber : IComparable<DecimalNumber>
{
    private const int MaxExponent = 400;

    private DecimalNumber(BigInteger mantissa, int exponent)
    {
        Mantissa = mantissa;
        Exponent = exponent;
    }

    public BigInteger Mantissa { get; }

    public int Exponent { get; }

    public bool IsInteger => Exponent >= 0;

    /// <summary>Digits after the point.</summary>
    public int Scale => Math.Max(0, -Exponent);

    /// <summary>Reads a JSON number; false when it has more than 400 digits or an exponent beyond ±400.</summary>
    public static bool TryParse(JsonElement element, out DecimalNumber number)
    {
        number = default;
        ReadOnlySpan<char> text = element.GetRawText();
        int mark = text.IndexOfAny('e', 'E');
        int exponent = 0;
        if (mark >= 0)
        {
            if (!int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            {
                return false;
            }

            text = text[..mark];
        }

        int point = text.IndexOf('.');
        string digits = point < 0 ? text.ToString() : string.Concat(text[..point], text[(point + 1)..]);
        if (digits.Length > MaxExponent || Math.Abs((long)exponent) > MaxExponent)
        {
            return false;
        }

        exponent -= point < 0 ? 0 : text.Length - point - 1;
        number = Normalize(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent);
        return true;
    }

    public static DecimalNumber FromInteger(BigInteger value) => Normalize(value, 0);

    /// <summary>⌈value × 10^scale⌉.</summary>
    public BigInteger ScaledCeiling(int scale) => -FloorOf(-Mantissa, Exponent + scale);

    /// <summary>⌊value × 10^scale⌋.</summary>
    public BigInteger ScaledFloor(int scale) => FloorOf(Mantissa, Exponent + scale);

    /// <summary>Whether value × 10^scale is whole.</summary>
    public bool IsExactAt(int scale) => Exponent + scale >= 0;

    public int CompareTo(DecimalNumber other)
    {
        int shift = Math.Min(Exponent, other.Exponent);
        return (Mantissa * BigInteger.Pow(10, Exponent - shift)).CompareTo(other.Mantissa * BigInteger.Pow(10, other.Exponent - shift));
    }

    /// <summary>Plain notation from 1e-7 to 1e21 (what ECMAScript writes), otherwise with an exponent.</summary>
    public override string ToString()
    {
        string digits = BigInteger.Abs(Mantissa).ToString(CultureInfo.InvariantCulture);
        string sign = Mantissa.Sign < 0 ? "-" : "";
        int point = digits.Length + Exponent;
        if (point > 21 || point <= -6)
        {
            string fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
            return $"{sign}{digits[0]}{fraction}e{(point - 1 < 0 ? "-" : "+")}{Math.Abs(point - 1)}";
        }

        return Exponent >= 0 ? sign + digits + new string('0', Exponent)
            : point > 0 ? $"{sign}{digits[..point]}.{digits[point..]}"
            : $"{sign}0.{new string('0', -point)}{digits}";
    }

    private static DecimalNumber Normalize(BigInteger mantissa, int exponent)
    {
        if (mantissa.IsZero)
        {
            return new DecimalNumber(0, 0);
        }

        while (true)
        {
            BigInteger quotient = BigInteger.DivRem(mantissa, 10, out BigInteger rest);
            if (!rest.IsZero)
            {
                return new DecimalNumber(mantissa, exponent);
            }

            mantissa = quotient;
            exponent++;
        }
    }

    private static BigInteger FloorOf(BigInteger mantissa, int exponent)
    {
        if (exponent >= 0)
        {
            return mantissa * BigInteger.Pow(10, exponent);
        }

        BigInteger quotient = BigInteger.DivRem(mantissa, BigInteger.Pow(10, -exponent), out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }
}
