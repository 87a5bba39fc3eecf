using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ports;

/// <summary>Prices and discounts that the operator added; nothing is ever changed or removed. Safe for concurrent use, also from several nodes.</summary>
public interface IPriceStore
{
    ValueTask<IReadOnlyList<(string Book, PriceVersion Version)>> ListVersionsAsync(CancellationToken cancellationToken);

    /// <summary>False when the book has a version of this id.</summary>
    ValueTask<bool> TryAddAsync(string book, PriceVersion version, CancellationToken cancellationToken);

    ValueTask<IReadOnlyList<DiscountSchedule>> ListDiscountsAsync(CancellationToken cancellationToken);

    /// <summary>False when there is a schedule of this name.</summary>
    ValueTask<bool> TryAddAsync(DiscountSchedule discount, DateTimeOffset recordedAt, CancellationToken cancellationToken);
}
