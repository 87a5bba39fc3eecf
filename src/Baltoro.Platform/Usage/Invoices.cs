using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Usage;

/// <summary>Makes invoices from a store.</summary>
public sealed class Invoices(IAccountStore store)
{
    private const int Batch = 5_000;

    /// <summary>The invoice of a month as <c>yyyymm</c>.</summary>
    public async ValueTask<Invoice> BuildAsync(string organizationId, int period, CancellationToken cancellationToken)
    {
        InvoiceBuilder builder = new(organizationId, period);
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
}
