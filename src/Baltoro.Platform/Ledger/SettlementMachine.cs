using System.Globalization;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Ledger;

/// <summary>The three ends of a reservation, pure: post, void, expire; whichever comes first wins, the others change nothing.</summary>
internal sealed class SettlementMachine(AccountingSettings settings)
{
    /// <summary>Charges what was used. After an expiry the charge is taken from what is free; nothing becomes free of charge silently.</summary>
    public AccountDecision<SettlementResult> Settle(AccountView view, TokenUsage usage)
    {
        if (view.Reservation is not Reservation reservation)
        {
            return Unchanged(SettlementCode.NotFound, null);
        }

        if (reservation.State is ReservationState.Posted or ReservationState.Voided)
        {
            return Unchanged(SettlementCode.AlreadyClosed, reservation);
        }

        if (!usage.IsConsistent)
        {
            return Unchanged(SettlementCode.UsageInconsistent, reservation);
        }

        bool late = reservation.State == ReservationState.Expired;
        CostBreakdown cost = reservation.Price.CostOf(usage);
        Money before = view.GrossOf(reservation.Period);
        Money discount = settings.Prices.FindDiscount(reservation.Discount)?.DiscountOf(before, cost.Gross) ?? Money.Zero;
        Money net = cost.Gross - discount;
        LedgerPen pen = new(view.Book, view.NowMs);
        string detail = Describe(reservation, usage);
        Money charged = late
            ? LedgerMachine.ChargeLate(pen, reservation, AdmissionMachine.TermsOf(view, settings).CreditLimit, net, detail)
            : LedgerMachine.Post(pen, reservation, net, detail);
        long unusedTokens = settings.TokenReturn == TokenReturn.Unused ? Math.Max(0, reservation.LimitTokens - usage.TotalTokens) : 0;
        Reservation posted = reservation with
        {
            State = ReservationState.Posted,
            SettledAtMs = view.NowMs,
            Usage = usage,
            Charged = charged,
        };
        return new AccountDecision<SettlementResult>(
            new SettlementResult(late ? SettlementCode.PostedLate : SettlementCode.Posted, posted, net - charged),
            new AccountChange
            {
                Book = pen.Book,
                Entries = pen.Entries,
                Reservation = posted,
                Scopes = late ? [] : Return(view, reservation, unusedTokens, reservation.Reserved - charged),
                MonthGross = (reservation.Period, before + cost.Gross),
                Usage = UsageOf(reservation, usage, cost, discount, net - charged),
                Receipt = ReceiptMachine.Write(
                    view, settings.NodeId, posted, pen.Entries, cost, discount, late ? ReceiptOutcome.ChargedLate : ReceiptOutcome.Charged),
            });
    }

    /// <summary>Gives a reservation back whole: the request failed without output.</summary>
    public AccountDecision<SettlementResult> Void(AccountView view) =>
        Release(view, EntryKind.Void, ReservationState.Voided, SettlementCode.Voided);

    /// <summary>Gives a reservation back whole if its lease has ended, or whatever its lease when <paramref name="ownerEnded"/>.</summary>
    public AccountDecision<SettlementResult> Expire(AccountView view, bool ownerEnded) =>
        view.Reservation is { State: ReservationState.Pending } pending && pending.LeaseUntilMs > view.NowMs && !ownerEnded
            ? Unchanged(SettlementCode.StillLeased, pending)
            : Release(view, EntryKind.Expire, ReservationState.Expired, SettlementCode.Expired);

    private AccountDecision<SettlementResult> Release(AccountView view, EntryKind kind, ReservationState state, SettlementCode code)
    {
        if (view.Reservation is not Reservation reservation)
        {
            return Unchanged(SettlementCode.NotFound, null);
        }

        if (reservation.State != ReservationState.Pending)
        {
            return Unchanged(SettlementCode.AlreadyClosed, reservation);
        }

        LedgerPen pen = new(view.Book, view.NowMs);
        LedgerMachine.Release(pen, reservation, kind);
        Reservation closed = reservation with { State = state, SettledAtMs = view.NowMs };
        long tokens = settings.TokenReturn == TokenReturn.Unused ? reservation.LimitTokens : 0;
        return new AccountDecision<SettlementResult>(
            new SettlementResult(code, closed, Money.Zero),
            new AccountChange
            {
                Book = pen.Book,
                Entries = pen.Entries,
                Reservation = closed,
                Scopes = Return(view, reservation, tokens, reservation.Reserved),
                Receipt = kind == EntryKind.Void
                    ? ReceiptMachine.Write(view, settings.NodeId, closed, pen.Entries, default, Money.Zero, ReceiptOutcome.Free)
                    : null,
            });
    }

    private static List<Scope> Return(AccountView view, Reservation reservation, long unusedTokens, Money unusedCost)
    {
        List<Scope> scopes = [];
        foreach (ScopeTake take in reservation.Takes)
        {
            if (view.Scopes.TryGetValue(take.Scope, out Scope? scope))
            {
                scopes.Add(Limiter.Return(scope, take, reservation.Day, reservation.Period, unusedTokens, unusedCost));
            }
        }

        return scopes;
    }

    private static string Describe(Reservation reservation, TokenUsage usage) => string.Create(
        CultureInfo.InvariantCulture,
        $"{reservation.Model} {reservation.PriceVersion} prompt={usage.PromptTokens} cached={usage.CachedTokens} completion={usage.CompletionTokens} "
            + $"images={usage.Images} calls={usage.Calls}");

    private static UsageDay UsageOf(Reservation reservation, TokenUsage usage, CostBreakdown cost, Money discount, Money absorbed) => new()
    {
        OrganizationId = reservation.OrganizationId,
        ProjectId = reservation.ProjectId,
        KeyId = reservation.KeyId,
        Model = reservation.Model,
        PriceVersion = reservation.PriceVersion,
        Day = reservation.Day,
        Requests = 1,
        UncachedTokens = usage.PromptTokens - usage.CachedTokens,
        CachedTokens = usage.CachedTokens,
        CompletionTokens = usage.CompletionTokens,
        ReasoningTokens = usage.ReasoningTokens,
        Images = usage.Images,
        Calls = usage.Calls,
        Input = cost.Input,
        CachedInput = cost.CachedInput,
        Output = cost.Output,
        ImageCost = cost.Images,
        CallCost = cost.Calls,
        Discount = discount,
        Absorbed = absorbed,
    };

    private static AccountDecision<SettlementResult> Unchanged(SettlementCode code, Reservation? reservation) =>
        AccountDecision<SettlementResult>.Unchanged(new SettlementResult(code, reservation, Money.Zero));
}
