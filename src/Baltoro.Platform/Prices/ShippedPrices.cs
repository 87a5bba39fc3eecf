using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>
/// Prices of an installation that configures none. The Kimi ids and the comparison are the published ones; the discount
/// steps are this project's own, since no figures are published. Cached input costs the input price on these ids.
/// </summary>
public static class ShippedPrices
{
    /// <summary>Model ids that have a price.</summary>
    public static IReadOnlyList<string> Models { get; } =
        ["kimi-k2-5", "kimi-k2-5-thinking", "kimi-k2.5", "moonshotai/kimi-k2.5", "moonshotai/Kimi-K2.5"];

    /// <summary>The catalogue as shipped.</summary>
    public static PriceCatalog Catalog()
    {
        ModelPrice kimi = ModelPrice.PerMillion("1.40", "1.40", "4.20");
        ModelPrice gpt = ModelPrice.PerMillion("2.50", "2.50", "10.00");
        return new PriceCatalog(
            [
                Book(PriceCatalog.StandardBook, Models.ToDictionary(id => id, _ => kimi, StringComparer.Ordinal)),
                Book(PriceCatalog.FreeBook, Models.ToDictionary(id => id, _ => ModelPrice.Free, StringComparer.Ordinal)),
                Book(PriceCatalog.ComparisonBook, new Dictionary<string, ModelPrice>(StringComparer.Ordinal) { ["gpt-4o"] = gpt }),
            ],
            [
                new DiscountSchedule(
                    PriceCatalog.StandardDiscount,
                    [
                        new DiscountStep(Money.FromUsd(1_000), 500),
                        new DiscountStep(Money.FromUsd(10_000), 1_000),
                        new DiscountStep(Money.FromUsd(50_000), 1_500),
                    ]),
            ]);
    }

    private static PriceBook Book(string name, IReadOnlyDictionary<string, ModelPrice> models) =>
        new(name, [new PriceVersion("1", DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch, models)]);
}
