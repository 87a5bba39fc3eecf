using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Prices;

namespace Baltoro.Server.Hosting;

/// <summary>Price books from the model cards: every id that is served has a price. Cached input costs the input price.</summary>
public static class CardPrices
{
    private const int IdBytes = 4;

    /// <summary>Standard book from the cards, a free book of the same ids; comparison and discounts as shipped.</summary>
    public static PriceCatalog Of(ModelCatalog cards)
    {
        PriceCatalog shipped = ShippedPrices.Catalog();
        Dictionary<string, ModelPrice> prices = cards.Cards.ToDictionary(
            card => card.Id,
            card => new ModelPrice(card.InputNanoUsdPerToken, card.InputNanoUsdPerToken, card.OutputNanoUsdPerToken),
            StringComparer.Ordinal);
        Dictionary<string, ModelPrice> free = cards.Cards.ToDictionary(card => card.Id, _ => ModelPrice.Free, StringComparer.Ordinal);
        IEnumerable<PriceBook> others = shipped.Books.Where(
            book => book.Name is not (PriceCatalog.StandardBook or PriceCatalog.FreeBook));
        return new PriceCatalog(
            [Book(PriceCatalog.StandardBook, prices), Book(PriceCatalog.FreeBook, free), .. others], shipped.Discounts);
    }

    private static PriceBook Book(string name, IReadOnlyDictionary<string, ModelPrice> models) => new(
        name, [new PriceVersion(IdOf(models), DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch, models)]);

    /// <summary>Other prices are another version, also over a restart: the id is a hash of what it says.</summary>
    private static string IdOf(IReadOnlyDictionary<string, ModelPrice> models)
    {
        StringBuilder text = new();
        foreach ((string id, ModelPrice price) in models.OrderBy(model => model.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{id} {price.InputNano} {price.OutputNano}\n");
        }

        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return $"cards-{Convert.ToHexStringLower(hash.AsSpan(0, IdBytes))}";
    }
}
