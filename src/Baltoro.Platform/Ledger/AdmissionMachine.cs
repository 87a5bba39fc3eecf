using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Ledger;

/// <summary>Admission, pure: all limits of all scopes and the balance decided on one view; takes everything or nothing.</summary>
internal sealed class AdmissionMachine(AccountingSettings settings)
{
    /// <summary>Decides a request. With <paramref name="hold"/> the rate limits were taken elsewhere and only budgets are checked here.</summary>
    public AccountDecision<AdmissionResult> Admit(AccountView view, AdmissionRequest request, LimitHold? hold)
    {
        if (view.Reservation is Reservation earlier)
        {
            return AccountDecision<AdmissionResult>.Unchanged(Repeat(earlier, request));
        }

        AccountTerms terms = TermsOf(view, settings);
        if (TierOf(view, terms, request.KeyTier) is not TierPlan tier)
        {
            return Refuse(AdmissionCode.UnknownTier, "");
        }

        if (terms.IsSuspended)
        {
            return Refuse(AdmissionCode.AccountSuspended, tier.Name);
        }

        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(view.NowMs);
        string bookName = terms.PriceBook ?? tier.PriceBook;
        if (settings.Prices.FindBook(bookName)?.Find(request.Model, now) is not PriceVersion version)
        {
            return Refuse(AdmissionCode.ModelNotPriced, tier.Name);
        }

        ModelPrice price = version.Models[request.Model];
        int? granted = Grant(view, terms, request, price);
        if (granted is not int completionTokens)
        {
            return Refuse(AdmissionCode.BalanceTooLow, tier.Name);
        }

        Money cost = price.LargestInputCost(request.PromptTokens, request.Images, request.Calls)
            + Money.Times(price.OutputNano, completionTokens);
        List<LimitedScope> scopes = ScopesOf(view, tier, request, hold is not null);
        long tokens = (long)request.PromptTokens + completionTokens;
        if (Limiter.Check(scopes, view.NowMs, tokens, cost) is LimitRefusal refusal)
        {
            AdmissionCode code = refusal.Dimension == LimitDimension.Budget ? AdmissionCode.BudgetReached : AdmissionCode.LimitReached;
            return AccountDecision<AdmissionResult>.Unchanged(
                new AdmissionResult(code, null, refusal, Limiter.Use(scopes, view.NowMs), tier.Name));
        }

        if (!LedgerMachine.TrySplit(view.Book, terms.CreditLimit, cost, out Money voucher, out Money cash))
        {
            return Refuse(AdmissionCode.BalanceTooLow, tier.Name);
        }

        Reservation reservation = Describe(view, request, tier.Name, completionTokens) with
        {
            PriceVersion = $"{bookName}/{version.Id}",
            Price = price,
            Discount = terms.Discount,
            VoucherReserved = voucher,
            CashReserved = cash,
        };
        return Take(view, scopes, reservation, cost, hold);
    }

    /// <summary>The reservation of a request, its price and money still open.</summary>
    private Reservation Describe(AccountView view, AdmissionRequest request, string tier, int completionTokens) => new()
    {
        RequestId = request.RequestId,
        OrganizationId = request.OrganizationId,
        ProjectId = request.ProjectId,
        KeyId = request.KeyId,
        Model = request.Model,
        Tier = tier,
        NodeId = settings.NodeId,
        Fingerprint = request.Fingerprint,
        State = ReservationState.Pending,
        PriceVersion = "",
        Price = default,
        Discount = "",
        PromptTokens = request.PromptTokens,
        CompletionTokens = completionTokens,
        VoucherReserved = Money.Zero,
        CashReserved = Money.Zero,
        Period = UtcCalendar.MonthOf(view.NowMs),
        Day = UtcCalendar.DayOf(view.NowMs),
        AdmittedAtMs = view.NowMs,
        LeaseUntilMs = view.NowMs + settings.LeaseMs,
        Takes = [],
    };

    /// <summary>The limits that apply to a caller, with live counters, for headers and <c>/v1/limits</c>.</summary>
    public List<LimitedScope> ScopesOf(AccountView view, TierPlan tier, AdmissionRequest request, bool budgetsOnly)
    {
        List<LimitedScope> scopes = [];
        Scope own = view.ScopeOf(ScopeName.OfTier(tier.Name));
        Add(own, view.ScopeOf(ScopeName.Approved).Custom.Or(own.Custom).Or(tier.Limits), always: true);
        Scope whole = view.ScopeOf(ScopeName.Organization);
        Add(whole, whole.Custom, always: false);
        if (request.ProjectId.Length > 0)
        {
            Scope project = view.ScopeOf(ScopeName.OfProject(request.ProjectId));
            Add(project, project.Custom, always: false);
        }

        Scope key = view.ScopeOf(ScopeName.OfKey(request.KeyId));
        Add(key, key.Custom, always: false);
        return scopes;

        void Add(Scope scope, LimitSet limits, bool always)
        {
            LimitSet used = budgetsOnly ? new LimitSet { Budget = limits.Budget, BudgetPeriod = limits.BudgetPeriod } : limits;
            if (!used.IsEmpty || (always && !budgetsOnly))
            {
                scopes.Add(new LimitedScope(Limiter.Refresh(scope, used, view.NowMs), used));
            }
        }
    }

    /// <summary>The tier that applies to a key of this organization now, or null when the operator removed it.</summary>
    public TierPlan? TierOf(AccountView view, AccountTerms terms, string keyTier) =>
        settings.Tiers.Effective(keyTier, terms.Tier, view.Book.CumulativeTopUp, view.Book.CumulativePaidUse);

    /// <summary>Stored terms, or the ones an organization starts with.</summary>
    public static AccountTerms TermsOf(AccountView view, AccountingSettings settings)
    {
        AccountTerms terms = view.Terms
            ?? (settings.InitialTerms.TryGetValue(view.Book.OrganizationId, out AccountTerms? initial) ? initial : AccountTerms.Default);

        // Terms of an earlier version had no upper bound.
        return terms.CreditLimit > Money.Most ? terms with { CreditLimit = Money.Most } : terms;
    }

    private static AdmissionResult Repeat(Reservation earlier, AdmissionRequest request)
    {
        bool same = earlier.KeyId == request.KeyId && earlier.Model == request.Model && earlier.Fingerprint == request.Fingerprint
            && earlier.PromptTokens == request.PromptTokens && earlier.OrganizationId == request.OrganizationId;
        return same
            ? new AdmissionResult(AdmissionCode.Replayed, earlier, null, [], earlier.Tier)
            : AdmissionResult.Of(AdmissionCode.IdempotencyConflict, earlier.Tier);
    }

    /// <summary>Completion tokens that money buys, at most what is asked; null when it is less than the smallest worth running.</summary>
    private static int? Grant(AccountView view, AccountTerms terms, AdmissionRequest request, ModelPrice price)
    {
        Money left = view.Book.Available(terms.CreditLimit)
            - price.LargestInputCost(request.PromptTokens, request.Images, request.Calls);
        long affordable = price.OutputNano == 0 ? request.CompletionTokens : left.NanoUsd / price.OutputNano;
        int granted = (int)Math.Clamp(affordable, 0, request.CompletionTokens);
        bool paysInput = left >= Money.Zero;
        return paysInput && granted >= (request.SmallestCompletionTokens ?? request.CompletionTokens) ? granted : null;
    }

    private static AccountDecision<AdmissionResult> Take(
        AccountView view, List<LimitedScope> scopes, Reservation reservation, Money cost, LimitHold? hold)
    {
        LedgerPen pen = new(view.Book, view.NowMs);
        LedgerMachine.Reserve(pen, reservation.RequestId, reservation.Period, reservation.VoucherReserved, reservation.CashReserved);
        List<ScopeTake> takes = [.. hold?.Takes ?? []];
        List<LimitedScope> taken = [];
        foreach (LimitedScope limited in scopes)
        {
            ScopeTake take = new(limited.Scope.Name, 0);
            Scope after = hold is null
                ? Limiter.Take(limited, view.NowMs, reservation.LimitTokens, cost, out take)
                : limited.Scope with { BudgetUsed = limited.Scope.BudgetUsed + cost };
            taken.Add(limited with { Scope = after });
            if (!takes.Exists(held => held.Scope == take.Scope))
            {
                takes.Add(take);
            }
        }

        Reservation written = reservation with { Takes = takes };
        return new AccountDecision<AdmissionResult>(
            new AdmissionResult(AdmissionCode.Admitted, written, null, hold?.Uses ?? Limiter.Use(taken, view.NowMs), reservation.Tier),
            new AccountChange
            {
                Book = pen.Book,
                Entries = pen.Entries,
                Scopes = [.. taken.Select(limited => limited.Scope)],
                Reservation = written,
            });
    }

    private static AccountDecision<AdmissionResult> Refuse(AdmissionCode code, string tier) =>
        AccountDecision<AdmissionResult>.Unchanged(AdmissionResult.Of(code, tier));
}
