using System.Globalization;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Ledger;

/// <summary>Movements of money that no request causes, pure. Corrections are new entries; nothing is edited.</summary>
internal sealed class MovementMachine(AccountingSettings settings)
{
    public AccountDecision<MovementResult> Move(AccountView view, MoneyMovement movement)
    {
        string fingerprint = string.Create(
            CultureInfo.InvariantCulture, $"{movement.Kind} {movement.Amount.NanoUsd} {movement.Period}");
        if (view.Idempotency is IdempotencyRecord earlier)
        {
            return earlier.Fingerprint == fingerprint
                ? Unchanged(MovementCode.Replayed, earlier.Sequence, view)
                : Unchanged(MovementCode.IdempotencyConflict, 0, view);
        }

        if (movement.Amount <= Money.Zero)
        {
            return Unchanged(MovementCode.AmountNotPositive, 0, view);
        }

        if (movement.Amount > Money.Most)
        {
            return Unchanged(MovementCode.AmountTooLarge, 0, view);
        }

        (AccountKind debit, AccountKind credit, Money? most) = Route(view, movement.Kind);
        if (movement.Amount > most)
        {
            return Unchanged(MovementCode.NotEnough, 0, view);
        }

        // What use takes out was paid in before; only what comes in can grow without end, and paying it back does not undo the sums.
        bool comesIn = movement.Kind is EntryKind.TopUp or EntryKind.VoucherGrant or EntryKind.CreditNote;
        if (comesIn && movement.Amount > Money.MostInAccount - view.Book[credit].CreditsPosted)
        {
            return Unchanged(MovementCode.AccountFull, 0, view);
        }

        LedgerPen pen = new(view.Book, view.NowMs);
        pen.Write(new LedgerLine(
            movement.Kind, debit, credit, movement.Amount, Money.Zero, movement.Period ?? UtcCalendar.MonthOf(view.NowMs),
            movement.IdempotencyKey, movement.Detail));
        AccountView after = view with { Book = pen.Book };
        return new AccountDecision<MovementResult>(
            new MovementResult(MovementCode.Done, pen.Book.Sequence, Sheet(after)),
            new AccountChange
            {
                Book = pen.Book,
                Entries = pen.Entries,
                Idempotency = new IdempotencyRecord(movement.IdempotencyKey, fingerprint, pen.Book.Sequence, view.NowMs),
                Audit = new AuditEvent(
                    $"ledger/{movement.OrganizationId}/{pen.Book.Sequence}", view.NowMs, movement.Actor,
                    $"ledger.{movement.Kind}", movement.OrganizationId, movement.IdempotencyKey, AuditDetail.Created(("amount_usd", movement.Amount.ToString()), ("detail", movement.Detail)))
                {
                    RequestId = movement.RequestId,
                },
            });
    }

    /// <summary>What the organization has now.</summary>
    public AccountBalanceSheet Sheet(AccountView view)
    {
        AccountTerms terms = AdmissionMachine.TermsOf(view, settings);
        AccountBalance cash = view.Book[AccountKind.Cash];
        AccountBalance voucher = view.Book[AccountKind.Voucher];
        string tier = settings.Tiers.Effective(
            settings.Tiers.Plans[0].Name, terms.Tier, view.Book.CumulativeTopUp, view.Book.CumulativePaidUse)?.Name ?? "";
        return new AccountBalanceSheet(
            view.Book.OrganizationId, view.Book.Available(terms.CreditLimit), voucher.Posted, cash.Posted,
            cash.DebitsPending + voucher.DebitsPending, terms.CreditLimit, view.Book.CumulativeTopUp, tier);
    }

    /// <summary>From where to where, and the most that may move; null for no bound.</summary>
    private (AccountKind Debit, AccountKind Credit, Money? Most) Route(AccountView view, EntryKind kind) => kind switch
    {
        EntryKind.TopUp => (AccountKind.TopUps, AccountKind.Cash, null),
        EntryKind.VoucherGrant => (AccountKind.Grants, AccountKind.Voucher, null),
        EntryKind.VoucherExpiry => (AccountKind.Voucher, AccountKind.Grants, view.Book[AccountKind.Voucher].Free),
        EntryKind.Refund => (AccountKind.Cash, AccountKind.TopUps, view.Book[AccountKind.Cash].Free),
        EntryKind.CreditNote => (AccountKind.Revenue, AccountKind.Cash, view.Book.CumulativePaidUse),
        EntryKind.Shortfall or EntryKind.Adjustment => (
            AccountKind.Cash, AccountKind.Revenue,
            view.Book[AccountKind.Cash].Free + AdmissionMachine.TermsOf(view, settings).CreditLimit),
        EntryKind.Reserve or EntryKind.Post or EntryKind.Void or EntryKind.Expire or EntryKind.LateCharge or EntryKind.Overrun =>
            throw new ArgumentException($"movement: found {kind}, which only a request can cause", nameof(kind)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of entry"),
    };

    private AccountDecision<MovementResult> Unchanged(MovementCode code, long sequence, AccountView view) =>
        AccountDecision<MovementResult>.Unchanged(new MovementResult(code, sequence, Sheet(view)));
}
