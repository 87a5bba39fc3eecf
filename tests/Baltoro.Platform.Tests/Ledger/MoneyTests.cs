using Baltoro.Platform.Ledger;
using CsCheck;

namespace Baltoro.Platform.Tests.Ledger;

public sealed class MoneyTests
{
    [Theory]
    [InlineData("12", 12_000_000_000)]
    [InlineData("12.5", 12_500_000_000)]
    [InlineData("-0.000000001", -1)]
    [InlineData("9223372036.854775807", long.MaxValue)]
    public void Parse_Dollars_IsExact(string text, long nano)
    {
        Assert.True(Money.TryParseUsd(text, out Money money));
        Assert.Equal(nano, money.NanoUsd);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1e3")]
    [InlineData("1,000")]
    [InlineData("0.0000000001")]
    [InlineData("9223372036.854775808")]
    [InlineData("1.")]
    [InlineData("NaN")]
    public void Parse_NotDollars_IsRefused(string text) => Assert.False(Money.TryParseUsd(text, out _));

    [Fact]
    public void Text_OfAnyAmount_ReadsBack() =>
        Gen.Long.Sample(nano => Assert.True(Money.TryParseUsd(new Money(nano).ToString(), out Money back) && back.NanoUsd == nano));

    [Fact]
    public void Arithmetic_PastTheRange_Throws()
    {
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue) + new Money(1));
        Assert.Throws<OverflowException>(() => Money.Times(long.MaxValue, 2));
        Assert.Throws<OverflowException>(() => -new Money(long.MinValue));
    }

    [Theory]
    [InlineData(5_000_000, 0)]
    [InlineData(15_000_000, 2)]
    [InlineData(25_000_000, 2)]
    [InlineData(25_000_001, 3)]
    [InlineData(-15_000_000, -2)]
    [InlineData(-5_000_000, 0)]
    public void Cents_Halves_GoToEven(long nano, long cents) => Assert.Equal(cents, new Money(nano).ToCentsHalfEven());
}
