using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>Makes an invoice of a month's use and of its ledger entries, two records that were written apart.</summary>
public sealed class InvoiceBuilder(string organizationId, int period, bool isMonthOver)
{
    private Money _charged;
    private Money _pending;
    private Money _credited;
    private Money _shortfall;
    private Money _adjusted;

    /// <summary>Adds ledger entries, of any month; those of others are left out.</summary>
    public void Add(IEnumerable<LedgerEntry> entries)
    {
        foreach (LedgerEntry entry in entries.Where(entry => entry.Period == period))
        {
            switch (entry.Kind)
            {
                case EntryKind.Post or EntryKind.LateCharge:
                    _charged += entry.Amount;
                    _pending -= entry.Released;
                    break;
                case EntryKind.Void or EntryKind.Expire:
                    _pending -= entry.Released;
                    break;
                case EntryKind.Reserve:
                    _pending += entry.Amount;
                    break;
                case EntryKind.CreditNote:
                    _credited += entry.Amount;
                    break;
                case EntryKind.Shortfall:
                    _shortfall += entry.Amount;
                    break;
                case EntryKind.Adjustment:
                    _adjusted += entry.Amount;
                    break;
                case EntryKind.TopUp or EntryKind.VoucherGrant or EntryKind.VoucherExpiry or EntryKind.Refund or EntryKind.Overrun:
                    break;
                default:
                    throw new LedgerFaultException($"entry {entry.Sequence}: found kind {entry.Kind}, which no invoice knows");
            }
        }
    }

    /// <summary>The invoice of all entries added and of the month's use.</summary>
    public Invoice Build(IReadOnlyList<UsageDay> usage)
    {
        List<UsageDay> month = [.. usage.Where(day => day.Day / 100 == period && day.OrganizationId == organizationId)];
        List<InvoiceLine> lines = [];
        foreach (IGrouping<(string Model, string Price), UsageDay> group in month
            .GroupBy(day => (day.Model, day.PriceVersion)).OrderBy(group => group.Key.Model, StringComparer.Ordinal)
            .ThenBy(group => group.Key.PriceVersion, StringComparer.Ordinal))
        {
            Add(group, InvoiceLineKind.Input, day => day.UncachedTokens, day => day.Input);
            Add(group, InvoiceLineKind.CachedInput, day => day.CachedTokens, day => day.CachedInput);
            Add(group, InvoiceLineKind.Output, day => day.CompletionTokens, day => day.Output);
            Add(group, InvoiceLineKind.Images, day => day.Images, day => day.ImageCost);
            Add(group, InvoiceLineKind.Calls, day => day.Calls, day => day.CallCost);
        }

        AddMonth(InvoiceLineKind.VolumeDiscount, -Sum(month, day => day.Discount));
        AddMonth(InvoiceLineKind.Absorbed, -Sum(month, day => day.Absorbed));
        AddMonth(InvoiceLineKind.Shortfall, _shortfall);
        AddMonth(InvoiceLineKind.Adjustment, _adjusted);
        AddMonth(InvoiceLineKind.CreditNote, -_credited);
        Money total = lines.Aggregate(Money.Zero, (sum, line) => sum + line.Amount);
        return new Invoice(organizationId, period, lines, total, _charged + _shortfall + _adjusted - _credited, _pending, isMonthOver);

        void Add(
            IGrouping<(string Model, string Price), UsageDay> group, InvoiceLineKind kind, Func<UsageDay, long> quantity, Func<UsageDay, Money> amount)
        {
            long sum = group.Sum(quantity);
            Money total = Sum(group, amount);
            // Every request is a call, and few books have a price for that or for images.
            bool isShown = kind is InvoiceLineKind.Images or InvoiceLineKind.Calls ? total != Money.Zero : sum > 0;
            if (isShown)
            {
                lines.Add(new InvoiceLine(group.Key.Model, group.Key.Price, kind, sum, total));
            }
        }

        void AddMonth(InvoiceLineKind kind, Money amount)
        {
            if (amount != Money.Zero)
            {
                lines.Add(new InvoiceLine("", "", kind, 0, amount));
            }
        }
    }

    private static Money Sum(IEnumerable<UsageDay> days, Func<UsageDay, Money> amount) =>
        days.Aggregate(Money.Zero, (sum, day) => sum + amount(day));
}
