using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Prices;

/// <summary>Keeps a catalogue up to date with what the operator adds to the store; what it held at first stays under it.</summary>
public sealed class PriceUpdates(PriceCatalog live, IPriceStore store)
{
    private readonly PriceBook[] _books = [.. live.Books];
    private readonly DiscountSchedule[] _discounts = [.. live.Discounts];

    /// <summary>The catalogue that is kept up to date.</summary>
    public PriceCatalog Live => live;

    /// <summary>Reads the store. Run at start and every few seconds.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Book, PriceVersion Version)> versions = await store.ListVersionsAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<DiscountSchedule> discounts = await store.ListDiscountsAsync(cancellationToken).ConfigureAwait(false);
        ILookup<string, PriceVersion> added = versions.ToLookup(row => row.Book, row => row.Version, StringComparer.Ordinal);
        IEnumerable<string> names = _books.Select(book => book.Name).Union(added.Select(group => group.Key), StringComparer.Ordinal);
        live.Replace(
            [
                .. names.Select(name => new PriceBook(
                    name, [.. _books.FirstOrDefault(book => book.Name == name)?.Versions ?? [], .. added[name]])),
            ],
            [.. _discounts.ExceptBy(discounts.Select(known => known.Name), known => known.Name, StringComparer.Ordinal), .. discounts]);
    }
}
