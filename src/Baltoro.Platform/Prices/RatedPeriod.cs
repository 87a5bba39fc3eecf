using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>Cost of a period under a book.</summary>
public sealed record RatedPeriod(string Book, Money Gross, Money Discount)
{
    public Money Charged => Gross - Discount;
}
