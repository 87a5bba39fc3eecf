using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Usage;

/// <summary>Makes invoices from a store.</summary>
public sealed class Invoices(IAccountStore store, TimeProvider clock)
{
    private const int Batch = 5_000;

    /// <summary>Whether a month as <c>yyyymm</c> has not begun: it has no invoice.</summary>
    public bool IsFuture(int period) => period > CurrentPeriod();

    /// <summary>The invoice of a month as <c>yyyymm</c>; preliminary while the month runs.</summary>
    /// <exception cref="ArgumentException">The month has not begun.</exception>
    public async ValueTask<Invoice> BuildAsync(string organizationId, int period, CancellationToken cancellationToken)
    {
        int current = CurrentPeriod();
        if (period > current)
        {
            throw new ArgumentException($"month: found {period}, allowed up to {current}", nameof(period));
        }

        InvoiceBuilder builder = new(organizationId, period, isMonthOver: period < current);
        long after = 0;
        IReadOnlyList<LedgerEntry> entries;
        do
        {
            entries = await store.ReadEntriesAsync(organizationId, after, Batch, cancellationToken).ConfigureAwait(false);
            builder.Add(entries);
            after = entries.Count == 0 ? after : entries[^1].Sequence;
        }
        while (entries.Count == Batch);

        int firstDay = period * 100;
        return builder.Build(
            await store.ReadUsageAsync(organizationId, firstDay, firstDay + 99, cancellationToken).ConfigureAwait(false));
    }

    private int CurrentPeriod() => UtcCalendar.MonthOf(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
