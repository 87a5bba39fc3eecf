using Baltoro.Platform.Ledger;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Prices;

/// <summary>What a period's use would have cost under another book. Pure: doing it twice gives the same, nothing is written.</summary>
public static class Rating
{
    /// <summary>Prices daily use anew, by the version valid at each day's start; discount on each month's total.</summary>
    /// <exception cref="ArgumentException">The book has no price for a model that was used.</exception>
    public static RatedPeriod Rate(IEnumerable<UsageDay> days, PriceBook book, DiscountSchedule discount)
    {
        Money gross = Money.Zero;
        Money reduced = Money.Zero;
        foreach (IGrouping<int, UsageDay> month in days.GroupBy(day => day.Day / 100))
        {
            Money total = month.Aggregate(Money.Zero, (sum, day) => sum + CostOf(day, book));
            gross += total;
            reduced += discount.DiscountOn(total);
        }

        return new RatedPeriod(book.Name, gross, reduced);
    }

    private static Money CostOf(UsageDay day, PriceBook book)
    {
        DateTimeOffset at = new(day.Day / 10_000, day.Day / 100 % 100, day.Day % 100, 0, 0, 0, TimeSpan.Zero);
        PriceVersion version = book.Find(day.Model, at)
            ?? throw new ArgumentException($"price book {book.Name}: found no price for {day.Model} on {day.Day}", nameof(book));
        ModelPrice price = version.Models[day.Model];
        return Money.Times(price.InputNano, day.UncachedTokens) + Money.Times(price.CachedInputNano, day.CachedTokens)
            + Money.Times(price.OutputNano, day.CompletionTokens) + Money.Times(price.ImageNano, day.Images)
            + Money.Times(price.CallNano, day.Calls);
    }
}
