namespace Baltoro.Platform.Prices;

/// <summary>All price books and discount schedules of an installation, by name. Immutable; a change is a new catalogue.</summary>
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

    private readonly Dictionary<string, PriceBook> _books = books.ToDictionary(book => book.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, DiscountSchedule> _discounts = discounts.ToDictionary(schedule => schedule.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<PriceBook> Books => _books.Values;

    public IReadOnlyCollection<DiscountSchedule> Discounts => _discounts.Values;

    /// <summary>The book of this name, or null.</summary>
    public PriceBook? FindBook(string name) => _books.GetValueOrDefault(name);

    /// <summary>The schedule of this name, or null.</summary>
    public DiscountSchedule? FindDiscount(string name) => _discounts.GetValueOrDefault(name);
}
