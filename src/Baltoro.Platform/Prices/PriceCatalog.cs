namespace Baltoro.Platform.Prices;

/// <summary>
/// All price books and discount schedules of an installation, by name. Books and schedules are immutable; a change puts new ones
/// in place of all at once. Safe for concurrent use.
/// </summary>
public sealed class PriceCatalog(IEnumerable<PriceBook> books, IEnumerable<DiscountSchedule> discounts)
{
    /// <summary>Book of a tier that names none.</summary>
    public const string StandardBook = "standard";

    /// <summary>Book where everything costs nothing; its ledger lines are still written.</summary>
    public const string FreeBook = "free";

    /// <summary>Book of other vendors' prices, only for quotes.</summary>
    public const string ComparisonBook = "comparison";

    /// <summary>Discount of an organization that has no other.</summary>
    public const string StandardDiscount = "volume";

    private volatile Dictionary<string, PriceBook> _books = books.ToDictionary(book => book.Name, StringComparer.Ordinal);
    private volatile Dictionary<string, DiscountSchedule> _discounts =
        discounts.ToDictionary(schedule => schedule.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<PriceBook> Books => _books.Values;

    public IReadOnlyCollection<DiscountSchedule> Discounts => _discounts.Values;

    /// <summary>Puts other books and schedules in place; what is pinned in reservations does not change.</summary>
    public void Replace(IEnumerable<PriceBook> newBooks, IEnumerable<DiscountSchedule> newDiscounts)
    {
        _discounts = newDiscounts.ToDictionary(schedule => schedule.Name, StringComparer.Ordinal);
        _books = newBooks.ToDictionary(book => book.Name, StringComparer.Ordinal);
    }

    /// <summary>The book of this name, or null.</summary>
    public PriceBook? FindBook(string name) => _books.GetValueOrDefault(name);

    /// <summary>The schedule of this name, or null.</summary>
    public DiscountSchedule? FindDiscount(string name) => _discounts.GetValueOrDefault(name);
}
