using Baltoro.Platform.Ledger;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;
using CsCheck;

namespace Baltoro.Platform.Tests.Prices;

public sealed class PriceTests
{
    private static readonly DiscountSchedule Volume = ShippedPrices.Catalog().FindDiscount(PriceCatalog.StandardDiscount)!; // shipped

    [Theory]
    [InlineData(1_000, 0)]
    [InlineData(2_000, 50)]
    [InlineData(10_000, 450)]
    [InlineData(20_000, 1_450)]
    [InlineData(50_000, 4_450)]
    [InlineData(60_000, 5_950)]
    public void Discount_OfMonth_IsGraduated(long grossUsd, long discountUsd) =>
        Assert.Equal(Money.FromUsd(discountUsd), Volume.DiscountOn(Money.FromUsd(grossUsd)));

    [Fact]
    public void Discount_AnySplitAndOrder_SumsToTheSame() =>
        Gen.Select(Gen.Long[0, 30_000_000_000_000].Array[1, 40], Gen.Int).Sample((parts, seed) =>
        {
            long[] shuffled = [.. parts];
            new Random(seed).Shuffle(shuffled);
            foreach (long[] order in new[] { parts, shuffled })
            {
                Money gross = Money.Zero;
                Money discount = Money.Zero;
                foreach (long part in order)
                {
                    Money one = Volume.DiscountOf(gross, new Money(part));
                    Assert.True(one >= Money.Zero && one <= new Money(part));
                    discount += one;
                    gross += new Money(part);
                }

                Assert.Equal(Volume.DiscountOn(gross), discount);
            }
        });

    [Fact]
    public void Discount_OneNanoSteps_NeverChargeLessThanNothing()
    {
        DiscountSchedule steep = new(
            "steep", [new DiscountStep(new Money(1), 3_333), new DiscountStep(new Money(7), 6_667), new DiscountStep(new Money(9), 10_000)]);
        for (long nano = 0; nano < 200; nano++)
        {
            Money one = steep.DiscountOf(new Money(nano), new Money(1));
            Assert.InRange(one.NanoUsd, 0, 1);
        }
    }

    [Fact]
    public void Cost_CachedPartOfPrompt_IsCountedOnce()
    {
        ModelPrice price = ModelPrice.PerMillion("0.60", "0.10", "3.00");
        CostBreakdown cost = price.CostOf(new TokenUsage(1_000, 900, 10));
        Assert.Equal(new Money((100 * 600) + (900 * 100) + (10 * 3_000)), cost.Gross);
    }

    [Theory]
    [InlineData(10, 11, 0, 0)]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(1, 0, 2, 3)]
    public void Usage_PartsLargerThanWhole_AreInconsistent(int prompt, int cached, int completion, int reasoning) =>
        Assert.False(new TokenUsage(prompt, cached, completion, reasoning).IsConsistent);

    [Theory]
    [InlineData("0.0005")]
    [InlineData("-1")]
    [InlineData("cheap")]
    public void Price_NoWholeNanoPerToken_IsRefused(string price)
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() => ModelPrice.PerMillion(price, "1", "1"));
        Assert.Contains($"found '{price}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Book_VersionsInTime_AnswerAsValidAndAsKnown()
    {
        DateTimeOffset day = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        PriceBook book = new("b",
        [
            Version("1", day, day),
            Version("2", day.AddDays(31), day.AddDays(20)),
            Version("1a", day, day.AddDays(40)) with { ValidUntil = day.AddDays(31) },
        ]);
        Assert.Equal("1a", book.Find("m", day.AddDays(5))?.Id);
        Assert.Equal("1", book.Find("m", day.AddDays(5), knownAt: day.AddDays(30))?.Id);
        Assert.Equal("2", book.Find("m", day.AddDays(31))?.Id);
        Assert.Null(book.Find("m", day.AddDays(-1)));
        Assert.Null(book.Find("other", day.AddDays(5)));
    }

    [Fact]
    public void Rate_Twice_GivesTheSame()
    {
        PriceBook book = ShippedPrices.Catalog().FindBook(PriceCatalog.StandardBook)!; // shipped
        UsageDay[] days = [Day(20261031, 900_000_000), Day(20261101, 900_000_000)];
        RatedPeriod first = Rating.Rate(days, book, Volume);
        Assert.Equal(first, Rating.Rate(days, book, Volume));
        Assert.Equal(first, Rating.Rate(days.Reverse(), book, Volume));
        Assert.Equal((Money.FromUsd(2_520), Money.FromUsd(26)), (first.Gross, first.Discount));
    }

    private static UsageDay Day(int day, long tokens) => new()
    {
        OrganizationId = "o",
        ProjectId = "",
        KeyId = "k",
        Model = "kimi-k2-5",
        PriceVersion = "standard/1",
        Day = day,
        Requests = 1,
        UncachedTokens = tokens,
        CachedTokens = 0,
        CompletionTokens = 0,
        ReasoningTokens = 0,
        Images = 0,
        Calls = 0,
        Input = Money.Zero,
        CachedInput = Money.Zero,
        Output = Money.Zero,
        ImageCost = Money.Zero,
        CallCost = Money.Zero,
        Discount = Money.Zero,
        Absorbed = Money.Zero,
    };

    private static PriceVersion Version(string id, DateTimeOffset from, DateTimeOffset recorded) =>
        new(id, from, null, recorded, new Dictionary<string, ModelPrice>(StringComparer.Ordinal) { ["m"] = ModelPrice.Free });
}
