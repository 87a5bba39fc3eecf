using System.Globalization;

namespace Baltoro.Platform.Ledger;

/// <summary>An amount in integer nano-dollars (1 USD = 1,000,000,000). All arithmetic is checked: it throws instead of wrapping.</summary>
public readonly record struct Money(long NanoUsd) : IComparable<Money>
{
    /// <summary>Nano-dollars in one dollar.</summary>
    public const long NanoPerUsd = 1_000_000_000;

    private const int FractionDigits = 9;
    private const long NanoPerCent = NanoPerUsd / 100;

    /// <summary>Largest amount of one entry, credit limit, budget or commitment: a billion dollars.</summary>
    public static Money Most => new(1_000_000_000 * NanoPerUsd);

    /// <summary>
    /// Most that top-ups, vouchers or credit notes may add up to in one account. With this bound no sum of a book's accounts
    /// and its credit limit leaves 64 bits.
    /// </summary>
    public static Money MostInAccount => Most + Most;

    /// <summary>Nothing.</summary>
    public static Money Zero => default;

    /// <summary>A whole number of dollars.</summary>
    public static Money FromUsd(long dollars) => new(checked(dollars * NanoPerUsd));

    /// <summary>Price times count; the product is formed in 128 bits and must fit 64.</summary>
    /// <exception cref="OverflowException">The product does not fit.</exception>
    public static Money Times(long nanoPerUnit, long count) => new(checked((long)((Int128)nanoPerUnit * count)));

    public static Money operator +(Money left, Money right) => new(checked(left.NanoUsd + right.NanoUsd));

    public static Money operator -(Money left, Money right) => new(checked(left.NanoUsd - right.NanoUsd));

    public static Money operator -(Money value) => new(checked(-value.NanoUsd));

    public static bool operator <(Money left, Money right) => left.NanoUsd < right.NanoUsd;

    public static bool operator >(Money left, Money right) => left.NanoUsd > right.NanoUsd;

    public static bool operator <=(Money left, Money right) => left.NanoUsd <= right.NanoUsd;

    public static bool operator >=(Money left, Money right) => left.NanoUsd >= right.NanoUsd;

    /// <summary>The smaller of two amounts.</summary>
    public static Money Min(Money left, Money right) => left <= right ? left : right;

    /// <summary>The larger of two amounts.</summary>
    public static Money Max(Money left, Money right) => left >= right ? left : right;

    /// <summary>Reads dollars such as <c>12</c>, <c>12.5</c> or <c>-0.000000001</c>; at most nine digits after the point, no exponent.</summary>
    public static bool TryParseUsd(string text, out Money money)
    {
        money = default;
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        bool negative = digits.StartsWith("-");
        digits = negative ? digits[1..] : digits;
        int point = digits.IndexOf('.');
        ReadOnlySpan<char> whole = point < 0 ? digits : digits[..point];
        ReadOnlySpan<char> fraction = point < 0 ? [] : digits[(point + 1)..];
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || fraction.Length > FractionDigits
            || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9')
            || !Int128.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out Int128 dollars) || dollars > long.MaxValue)
        {
            return false;
        }

        Int128 nano = dollars * NanoPerUsd;
        long scale = NanoPerUsd;
        foreach (char digit in fraction)
        {
            scale /= 10;
            nano += (digit - '0') * scale;
        }

        nano = negative ? -nano : nano;
        if (nano > long.MaxValue || nano < long.MinValue)
        {
            return false;
        }

        money = new Money((long)nano);
        return true;
    }

    /// <summary>Whole cents, halves to the even cent; only for showing a total, never for adding up.</summary>
    public long ToCentsHalfEven()
    {
        long cents = NanoUsd / NanoPerCent;
        long rest = Math.Abs(NanoUsd % NanoPerCent);
        bool up = rest * 2 > NanoPerCent || (rest * 2 == NanoPerCent && cents % 2 != 0);
        return up ? cents + Math.Sign(NanoUsd) : cents;
    }

    /// <inheritdoc/>
    public int CompareTo(Money other) => NanoUsd.CompareTo(other.NanoUsd);

    /// <summary>Dollars with nine digits after the point, exact.</summary>
    public override string ToString()
    {
        UInt128 size = (UInt128)Int128.Abs(NanoUsd);
        string sign = NanoUsd < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{size / NanoPerUsd}.{(long)(size % NanoPerUsd):D9}");
    }
}
