namespace Baltoro.Platform.Ledger;

/// <summary>
/// The rules of money, pure: reserve → post at most the reserved amount, or void, or expire; voucher is spent before
/// cash. A book never passes its limit because nothing is posted that was not reserved from what was free.
/// </summary>
internal static class LedgerMachine
{
    /// <summary>Splits a cost into voucher and cash. False when there is not enough of both; nothing is written then.</summary>
    public static bool TrySplit(Book book, Money creditLimit, Money cost, out Money voucher, out Money cash)
    {
        voucher = Money.Min(cost, Money.Max(Money.Zero, book[AccountKind.Voucher].Free));
        cash = cost - voucher;
        return cash <= Money.Zero || cash <= book[AccountKind.Cash].Free + creditLimit;
    }

    /// <summary>Reserves: one pending entry per source, at least one so that free requests are seen too.</summary>
    public static void Reserve(LedgerPen pen, string requestId, int period, Money voucher, Money cash)
    {
        if (voucher > Money.Zero)
        {
            pen.Write(Line(EntryKind.Reserve, AccountKind.Voucher, voucher, Money.Zero, period, requestId, ""));
        }

        if (cash > Money.Zero || voucher == Money.Zero)
        {
            pen.Write(Line(EntryKind.Reserve, AccountKind.Cash, cash, Money.Zero, period, requestId, ""));
        }
    }

    /// <summary>Charges at most what is reserved, voucher first; the rest becomes free. What is above goes to the operator's account.</summary>
    /// <returns>What the customer was charged.</returns>
    public static Money Post(LedgerPen pen, Reservation reservation, Money cost, string detail)
    {
        Money charged = Money.Min(cost, reservation.Reserved);
        Money fromVoucher = Money.Min(charged, reservation.VoucherReserved);
        Close(pen, EntryKind.Post, reservation, fromVoucher, charged - fromVoucher, detail);
        Absorb(pen, reservation, cost - charged, detail);
        return charged;
    }

    /// <summary>Gives a reservation back whole.</summary>
    public static void Release(LedgerPen pen, Reservation reservation, EntryKind kind) =>
        Close(pen, kind, reservation, Money.Zero, Money.Zero, "");

    /// <summary>Charges a request whose reservation has expired: at most what it had reserved and what is free now.</summary>
    /// <returns>What the customer was charged.</returns>
    public static Money ChargeLate(LedgerPen pen, Reservation reservation, Money creditLimit, Money cost, string detail)
    {
        Money free = Money.Max(Money.Zero, pen.Book.Available(creditLimit));
        Money charged = Money.Min(Money.Min(cost, reservation.Reserved), free);
        Money fromVoucher = Money.Min(charged, Money.Max(Money.Zero, pen.Book[AccountKind.Voucher].Free));
        Money fromCash = charged - fromVoucher;
        if (fromVoucher > Money.Zero)
        {
            pen.Write(Line(
                EntryKind.LateCharge, AccountKind.Voucher, fromVoucher, Money.Zero, reservation.Period, reservation.RequestId, detail));
        }

        if (fromCash > Money.Zero || fromVoucher == Money.Zero)
        {
            pen.Write(Line(
                EntryKind.LateCharge, AccountKind.Cash, fromCash, Money.Zero, reservation.Period, reservation.RequestId, detail));
        }

        Absorb(pen, reservation, cost - charged, detail);
        return charged;
    }

    private static void Close(LedgerPen pen, EntryKind kind, Reservation reservation, Money voucher, Money cash, string detail)
    {
        if (reservation.VoucherReserved > Money.Zero)
        {
            pen.Write(Line(
                kind, AccountKind.Voucher, voucher, reservation.VoucherReserved, reservation.Period, reservation.RequestId, detail));
        }

        if (reservation.CashReserved > Money.Zero || reservation.VoucherReserved == Money.Zero)
        {
            pen.Write(Line(kind, AccountKind.Cash, cash, reservation.CashReserved, reservation.Period, reservation.RequestId, detail));
        }
    }

    private static void Absorb(LedgerPen pen, Reservation reservation, Money amount, string detail)
    {
        if (amount > Money.Zero)
        {
            pen.Write(Line(
                EntryKind.Overrun, AccountKind.Overrun, amount, Money.Zero, reservation.Period, reservation.RequestId, detail));
        }
    }

    private static LedgerLine Line(
        EntryKind kind, AccountKind from, Money amount, Money released, int period, string requestId, string detail) =>
        new(kind, from, AccountKind.Revenue, amount, released, period, requestId, detail);
}
