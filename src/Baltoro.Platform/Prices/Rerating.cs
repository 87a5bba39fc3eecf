using System.Globalization;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Prices;

/// <summary>
/// Charges a past month anew under another book or discount: the difference to what the month costs by now is posted as one
/// credit note or one adjustment. Doing it again posts nothing. Also closes the month of a commitment.
/// </summary>
public sealed class Rerating(IAccountStore store, IAccounts accounts, PriceCatalog prices)
{
    private const int Batch = 5_000;
    private const int DaysPerPeriod = 100;
    private const string Prefix = "rerate/";

    /// <summary>What the month costs now and under the book; posts the difference when <paramref name="apply"/>.</summary>
    /// <param name="discount">Name of a schedule; null: the organization's.</param>
    /// <exception cref="ArgumentException">There is no such book or schedule, or the book lacks a model that was used.</exception>
    public async ValueTask<RerateResult> RerateAsync(
        string organizationId, int period, string book, string? discount, string actor, bool apply, CancellationToken cancellationToken)
    {
        PriceBook named = prices.FindBook(book)
            ?? throw new ArgumentException($"price book: found '{book}', allowed {string.Join(", ", prices.Books.Select(known => known.Name))}", nameof(book));
        string schedule = discount ?? (await accounts.TermsAsync(organizationId, cancellationToken).ConfigureAwait(false)).Discount;
        DiscountSchedule steps = prices.FindDiscount(schedule)
            ?? throw new ArgumentException($"discount: found '{schedule}', allowed {string.Join(", ", prices.Discounts.Select(known => known.Name))}", nameof(discount));
        IReadOnlyList<UsageDay> use = await store.ReadUsageAsync(
            organizationId, period * DaysPerPeriod, (period * DaysPerPeriod) + DaysPerPeriod - 1, cancellationToken).ConfigureAwait(false);
        Money absorbed = use.Aggregate(Money.Zero, (sum, day) => sum + day.Absorbed);
        Money target = Money.Max(Money.Zero, Rating.Rate(use, named, steps).Charged - absorbed);
        (Money now, int count, _) = await SumAsync(organizationId, period, cancellationToken).ConfigureAwait(false);
        Money difference = target - now;
        if (!apply || difference == Money.Zero)
        {
            return new RerateResult(now, target, null);
        }

        MovementResult posted = await accounts.MoveAsync(
            new MoneyMovement(
                organizationId, difference < Money.Zero ? EntryKind.CreditNote : EntryKind.Adjustment, Money.Max(difference, -difference),
                string.Create(CultureInfo.InvariantCulture, $"{Prefix}{period}/{count + 1}"), actor, $"re-rated under {book} and {schedule}", period),
            cancellationToken).ConfigureAwait(false);
        return new RerateResult(now, target, posted);
    }

    /// <summary>Charges what a month's use falls short of the commitment; once per month.</summary>
    /// <returns>The shortfall, and its entry or null when there is none.</returns>
    public async ValueTask<(Money Shortfall, MovementResult? Posted)> CloseMonthAsync(
        string organizationId, int period, string actor, CancellationToken cancellationToken)
    {
        AccountTerms terms = await accounts.TermsAsync(organizationId, cancellationToken).ConfigureAwait(false);
        Money commitment = prices.FindDiscount(terms.Discount)?.Commitment ?? Money.Zero;
        (Money now, _, bool isClosed) = await SumAsync(organizationId, period, cancellationToken).ConfigureAwait(false);
        Money shortfall = commitment - now;
        if (shortfall <= Money.Zero || isClosed)
        {
            return (Money.Zero, null);
        }

        return (shortfall, await accounts.MoveAsync(
            new MoneyMovement(
                organizationId, EntryKind.Shortfall, shortfall, string.Create(CultureInfo.InvariantCulture, $"shortfall/{period}"), actor,
                $"commitment of ${commitment}", period),
            cancellationToken).ConfigureAwait(false));
    }

    /// <summary>What the month's use costs by now, earlier re-ratings counted; how many there were; whether its commitment is closed.</summary>
    private async ValueTask<(Money Now, int Reratings, bool IsClosed)> SumAsync(string organizationId, int period, CancellationToken cancellationToken)
    {
        Money now = Money.Zero;
        int reratings = 0;
        bool isClosed = false;
        long after = 0;
        IReadOnlyList<LedgerEntry> entries;
        do
        {
            entries = await store.ReadEntriesAsync(organizationId, after, Batch, cancellationToken).ConfigureAwait(false);
            foreach (LedgerEntry entry in entries)
            {
                after = entry.Sequence;
                bool counts = entry.Period == period;
                bool isRerating = counts && entry.RequestId.StartsWith(Prefix, StringComparison.Ordinal);
                reratings += isRerating ? 1 : 0;
                isClosed |= counts && entry.Kind == EntryKind.Shortfall;
                now += !counts ? Money.Zero
                    : entry.Kind is EntryKind.Post or EntryKind.LateCharge or EntryKind.Adjustment ? entry.Amount
                    : isRerating ? -entry.Amount
                    : Money.Zero;
            }
        }
        while (entries.Count == Batch);
        return (now, reratings, isClosed);
    }
}
