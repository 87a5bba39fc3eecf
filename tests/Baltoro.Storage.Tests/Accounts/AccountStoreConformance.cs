using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tiers;
using Baltoro.Platform.Usage;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

/// <summary>What every account store must do. One derived class per store; nodes share one database.</summary>
public abstract class AccountStoreConformance : IAsyncLifetime
{
    private const string Model = "kimi-k2-5";
    private static readonly bool Soak = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1";
    private readonly string _organization;
    private int _nextId;

    protected AccountStoreConformance() => _organization = $"org-{Guid.NewGuid():N}";

    private protected string Organization => _organization;

    private protected ManualClock Clock { get; } = new(new DateTimeOffset(2026, 10, 31, 12, 0, 0, TimeSpan.Zero));

    /// <summary>One more node's view of the test's database; called at least once.</summary>
    protected abstract ValueTask<IAccountStore> OpenNodeAsync();

    /// <summary>What the gate would use on a node.</summary>
    private protected virtual ValueTask<IAdmission> AdmissionAsync(IAccountStore store, Accounting accounting) =>
        ValueTask.FromResult<IAdmission>(accounting);

    /// <summary>Changes a stored ledger entry behind the store's back.</summary>
    protected abstract ValueTask TamperAsync(string organizationId, long sequence);

    private protected IAccountStore Store { get; private set; } = null!; // set before any test runs

    private protected Accounting Accounts { get; private set; } = null!; // set before any test runs

    private protected IAdmission Gate { get; private set; } = null!; // set before any test runs

    public virtual async ValueTask InitializeAsync()
    {
        Store = await OpenNodeAsync();
        Accounts = new Accounting(Store, Settings());
        Gate = await AdmissionAsync(Store, Accounts);
    }

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Settle_AfterAdmission_ChargesUsedAndReturnsRest()
    {
        await TopUpAsync(Money.FromUsd(20));
        AdmissionResult admitted = await Gate.AdmitAsync(Request("tier1", 1_000, 2_000), default);
        Assert.Equal(AdmissionCode.Admitted, admitted.Code);
        Assert.Equal("tier2", admitted.Tier);
        Assert.Equal(new Money((1_000 * 1_400) + (2_000 * 4_200)), admitted.Reservation!.Reserved);
        Assert.Equal(admitted.Reservation.Reserved, (await Accounts.BalanceAsync(_organization, default)).Reserved);
        SettlementResult settled = await Gate.SettleAsync(admitted.Reservation, new TokenUsage(1_000, 400, 150, 20), default);
        Assert.Equal(SettlementCode.Posted, settled.Code);
        Money cost = new((1_000 * 1_400) + (150 * 4_200));
        AccountBalanceSheet sheet = await Accounts.BalanceAsync(_organization, default);
        Assert.Equal((cost, Money.Zero, Money.FromUsd(20) - cost), (settled.Reservation!.Charged, sheet.Reserved, sheet.Available));
        UsageDay usage = Assert.Single(await Store.ReadUsageAsync(_organization, 20261031, 20261031, default));
        Assert.Equal((600L, 400L, 150L, 20L, cost), (usage.UncachedTokens, usage.CachedTokens, usage.CompletionTokens, usage.ReasoningTokens, usage.Charged));
        IReadOnlyList<LimitUse> uses = await LimitsAsync("tier1");
        Assert.Equal(1_150, uses.Single(use => use.Dimension == LimitDimension.TokensPerMinute).Used);
        await VerifySoundAsync();
    }

    [Fact]
    public async Task FreeTier_FourthRequestInMinute_IsRefusedUntilWindowSlides()
    {
        for (int index = 0; index < 3; index++)
        {
            AdmissionResult admitted = await Gate.AdmitAsync(Request("free", 10, 10), default);
            Assert.Equal(AdmissionCode.Admitted, admitted.Code);
            AdmissionResult second = await Gate.AdmitAsync(Request("free", 10, 10), default);
            await Gate.SettleAsync(admitted.Reservation!, new TokenUsage(10, 0, 5), default);
            StepMs(10_000);
        }

        AdmissionResult refused = await Gate.AdmitAsync(Request("free", 10, 10), default);
        Assert.Equal(AdmissionCode.LimitReached, refused.Code);
        Assert.Equal((LimitDimension.RequestsPerMinute, 3L, 30L), (refused.Refusal!.Dimension, refused.Refusal.Limit, refused.RetryAfterSeconds!.Value));
        Assert.Equal(
            $"Your account {_organization}<ak-1> request reached organization max RPM: 3, please try again after 30 seconds",
            refused.Refusal.Message(_organization, "ak-1"));
        StepMs(29_999);
        Assert.Equal(AdmissionCode.LimitReached, (await Gate.AdmitAsync(Request("free", 10, 10), default)).Code);
        StepMs(1);
        Assert.Equal(AdmissionCode.Admitted, (await Gate.AdmitAsync(Request("free", 10, 10), default)).Code);
        Assert.Equal(0, (await Store.ReadUsageAsync(_organization, 0, 99999999, default)).Sum(usage => usage.Charged.NanoUsd));
        await VerifySoundAsync();
    }

    [Fact]
    public async Task FreeTier_TokensOfDay_FreeAtMidnight()
    {
        for (int index = 0; index < 3; index++)
        {
            AdmissionResult admitted = await Gate.AdmitAsync(Request("free", 400_000, 100_000), default);
            await Gate.SettleAsync(admitted.Reservation!, new TokenUsage(400_000, 0, 100_000), default);
            StepMs(61_000);
        }

        AdmissionResult refused = await Gate.AdmitAsync(Request("free", 1, 1), default);
        Assert.Equal((LimitDimension.TokensPerDay, 1_500_000L, 1_500_000L), (refused.Refusal!.Dimension, refused.Refusal.Limit, refused.Refusal.Current));
        StepMs(refused.Refusal.FreesInMs!.Value);
        Assert.Equal(AdmissionCode.Admitted, (await Gate.AdmitAsync(Request("free", 1, 1), default)).Code);
    }

    [Fact]
    public async Task Admit_ParallelFromFourNodes_NeverPassesBalance()
    {
        await TopUpAsync(new Money(10 * Cost(100, 100)));
        AdmissionResult[] results = await HammerAsync(nodes: 4, Soak ? 1_000 : 200, () => Request("tier1", 100, 100));
        Reservation[] admitted = [.. results.Where(result => result.MayRun).Select(result => result.Reservation!)];
        Assert.Equal(10, admitted.Length);
        await Task.WhenAll(admitted.Select(held => Gate.SettleAsync(held, new TokenUsage(100, 0, 100), default).AsTask()));
        AccountBalanceSheet sheet = await Accounts.BalanceAsync(_organization, default);
        Assert.Equal((Money.Zero, Money.Zero), (sheet.Available, sheet.Reserved));
        await VerifySoundAsync();
    }

    [Fact]
    public async Task Admit_ParallelFromFourNodes_NeverPassesRequestsPerMinute()
    {
        await TopUpAsync(Money.FromUsd(1));
        await Accounts.SetLimitsAsync(_organization, ScopeName.OfKey("ak-1"), new LimitSet { RequestsPerMinute = 5 }, "test", default);
        AdmissionResult[] results = await HammerAsync(nodes: 4, Soak ? 1_000 : 200, () => Request("tier1", 1, 1));
        Assert.Equal(5, results.Count(result => result.MayRun));
        Assert.All(results.Where(result => !result.MayRun), result => Assert.Equal(ScopeName.OfKey("ak-1"), result.Refusal?.Scope));
    }

    [Fact]
    public async Task Admit_ParallelFromFourNodes_NeverPassesLimitsOfOrganizationAndProject()
    {
        await TopUpAsync(Money.FromUsd(1));
        await Accounts.SetLimitsAsync(_organization, ScopeName.Organization, new LimitSet { RequestsPerMinute = 6 }, "test", default);
        await Accounts.SetLimitsAsync(_organization, ScopeName.OfProject("pj-1"), new LimitSet { RequestsPerMinute = 4 }, "test", default);
        AdmissionResult[] ofProject = await HammerAsync(
            nodes: 4, 60, () => Request("tier1", 1, 1) with { ProjectId = "pj-1", KeyId = $"ak-{_nextId % 3}" });
        Assert.Equal(4, ofProject.Count(result => result.MayRun));
        Assert.All(ofProject.Where(result => !result.MayRun), result => Assert.Equal(ScopeName.OfProject("pj-1"), result.Refusal?.Scope));
        AdmissionResult[] ofTiers = await HammerAsync(nodes: 4, 60, () => Request(_nextId % 2 == 0 ? "tier1" : "enterprise", 1, 1));
        Assert.Equal(2, ofTiers.Count(result => result.MayRun));
        Assert.All(ofTiers.Where(result => !result.MayRun), result => Assert.Equal(ScopeName.Organization, result.Refusal?.Scope));
    }

    [Fact]
    public async Task Admit_ParallelFromFourNodes_NeverPassesConcurrencyOrTokens()
    {
        await TopUpAsync(Money.FromUsd(1));
        await Accounts.SetLimitsAsync(_organization, ScopeName.OfKey("ak-1"), new LimitSet { Concurrency = 7 }, "test", default);
        AdmissionResult[] first = await HammerAsync(nodes: 4, 100, () => Request("tier1", 1, 1));
        Assert.Equal(7, first.Count(result => result.MayRun));
        await Accounts.SetLimitsAsync(_organization, ScopeName.OfKey("ak-1"), new LimitSet { TokensPerMinute = 1_014 }, "test", default);
        StepMs(1_001);
        AdmissionResult[] second = await HammerAsync(nodes: 4, 100, () => Request("tier1", 60, 40));
        Assert.Equal(10, second.Count(result => result.MayRun));
    }

    [Fact]
    public async Task Admit_SameIdInParallel_TakesOnce()
    {
        await TopUpAsync(Money.FromUsd(1));
        AdmissionRequest request = Request("tier1", 10, 10);
        AdmissionResult[] results = await HammerAsync(nodes: 2, 40, () => request);
        Assert.Equal(1, results.Count(result => result.Code == AdmissionCode.Admitted));
        Assert.Equal(39, results.Count(result => result.Code == AdmissionCode.Replayed));
        AdmissionResult other = await Gate.AdmitAsync(request with { PromptTokens = 11 }, default);
        Assert.Equal(AdmissionCode.IdempotencyConflict, other.Code);
    }

    [Fact]
    public async Task Close_RaceOfSettleVoidAndSweep_HappensOnce()
    {
        await TopUpAsync(Money.FromUsd(1));
        for (int round = 0; round < 10; round++)
        {
            Reservation held = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
            Task<SettlementResult>[] ends =
            [
                .. Enumerable.Range(0, 4).Select(index => index % 2 == 0
                    ? Task.Run(() => Gate.SettleAsync(held, new TokenUsage(10, 0, 5), default).AsTask())
                    : Task.Run(() => Gate.VoidAsync(held, default).AsTask())),
            ];
            SettlementResult[] results = await Task.WhenAll(ends);
            Assert.Equal(1, results.Count(result => result.Code != SettlementCode.AlreadyClosed));
        }

        Assert.Equal(0, (await LimitsAsync("tier1")).Single(use => use.Dimension == LimitDimension.Concurrency).Used);
        await VerifySoundAsync();
    }

    [Fact]
    public async Task Lease_NotRenewed_ExpiresAndLateSettlementIsChargedOnce()
    {
        await TopUpAsync(Money.FromUsd(1));
        Reservation kept = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
        Reservation lost = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
        StepMs(45_000);
        Assert.Equal(1, await Gate.RenewAsync([kept], default));
        StepMs(30_000);
        await Accounts.SweepAsync(default);
        AccountBalanceSheet sheet = await Accounts.BalanceAsync(_organization, default);
        Assert.Equal((kept.Reserved, Money.FromUsd(1) - kept.Reserved), (sheet.Reserved, sheet.Available));
        Assert.Equal(SettlementCode.PostedLate, (await Gate.SettleAsync(lost, new TokenUsage(10, 0, 10), default)).Code);
        Assert.Equal(SettlementCode.AlreadyClosed, (await Gate.SettleAsync(lost, new TokenUsage(10, 0, 10), default)).Code);
        Assert.Equal(SettlementCode.Posted, (await Gate.SettleAsync(kept, new TokenUsage(10, 0, 10), default)).Code);
        sheet = await Accounts.BalanceAsync(_organization, default);
        Assert.Equal(Money.FromUsd(1) - new Money(2 * Cost(10, 10)), sheet.Available);
        await VerifySoundAsync();
    }

    [Fact]
    public async Task Change_OnAnotherNode_IsSeenByTheNextRequest()
    {
        await TopUpAsync(Money.FromUsd(1));
        Accounting other = new(await OpenNodeAsync(), Settings());
        AccountTerms terms = await Accounts.TermsAsync(_organization, default);
        for (int round = 0; round < 3; round++)
        {
            Reservation held = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
            await Gate.SettleAsync(held, new TokenUsage(10, 0, 5), default);
            await other.SetTermsAsync(_organization, terms with { IsSuspended = true }, new Actor("test"), default);
            Assert.Equal(AdmissionCode.AccountSuspended, (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Code);
            await other.SetTermsAsync(_organization, terms, new Actor("test"), default);
        }

        Reservation lost = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
        StepMs(60_001);
        Assert.True(await other.SweepAsync(default) > 0);
        Assert.Equal(SettlementCode.PostedLate, (await Gate.SettleAsync(lost, new TokenUsage(10, 0, 10), default)).Code);
        await VerifySoundAsync();
    }

    [Fact]
    public async Task Recover_AfterRestart_FreesOnlyOwnReservations()
    {
        await TopUpAsync(Money.FromUsd(1));
        string node = $"node-{Guid.NewGuid():N}";
        Accounting dead = new(Store, Settings() with { NodeId = node });
        await dead.AdmitAsync(Request("tier1", 10, 10), default);
        await Gate.AdmitAsync(Request("tier1", 10, 10), default);
        Assert.Equal(1, await new Accounting(Store, Settings() with { NodeId = node }).RecoverAsync(default));
        Assert.Equal(new Money(Cost(10, 10)), (await Accounts.BalanceAsync(_organization, default)).Reserved);
    }

    [Fact]
    public async Task TopUp_RepeatedInParallel_CreditsOnce()
    {
        MoneyMovement movement = new(_organization, EntryKind.TopUp, Money.FromUsd(5), "evt-1", "test", "card");
        MovementResult[] results = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => Accounts.MoveAsync(movement, default).AsTask())));
        Assert.Equal(1, results.Count(result => result.Code == MovementCode.Done));
        Assert.Equal(19, results.Count(result => result.Code == MovementCode.Replayed && result.Sequence == 1));
        Assert.Equal(Money.FromUsd(5), (await Accounts.BalanceAsync(_organization, default)).Available);
        MovementResult conflict = await Accounts.MoveAsync(movement with { Amount = Money.FromUsd(6) }, default);
        Assert.Equal(MovementCode.IdempotencyConflict, conflict.Code);
    }

    [Fact]
    public async Task Budget_OfKey_BindsBeforeBalance()
    {
        await TopUpAsync(Money.FromUsd(1));
        LimitSet limits = new() { Budget = new Money(Cost(10, 10) * 2), BudgetPeriod = BudgetPeriod.Month };
        await Accounts.SetLimitsAsync(_organization, ScopeName.OfKey("ak-1"), limits, "test", default);
        Reservation first = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
        await Gate.SettleAsync(first, new TokenUsage(10, 0, 0), default);
        Assert.True((await Gate.AdmitAsync(Request("tier1", 10, 10), default)).MayRun);
        AdmissionResult refused = await Gate.AdmitAsync(Request("tier1", 10, 10), default);
        Assert.Equal((AdmissionCode.BudgetReached, LimitDimension.Budget), (refused.Code, refused.Refusal!.Dimension));
        StepMs(12 * 3_600_000);
        Assert.True((await Gate.AdmitAsync(Request("tier1", 10, 10), default)).MayRun);
    }

    [Fact]
    public async Task Terms_ChangedByAdministrator_ApplyToNextRequestAndAreAudited()
    {
        Assert.Equal(AdmissionCode.BalanceTooLow, (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Code);
        await Accounts.SetTermsAsync(
            _organization, new AccountTerms { CreditLimit = Money.FromUsd(1), Tier = "enterprise" }, "admin", default);
        Assert.True((await Gate.AdmitAsync(Request("tier1", 10, 10), default)).MayRun);
        await Accounts.SetTermsAsync(_organization, new AccountTerms { IsSuspended = true }, "admin", default);
        Assert.Equal(AdmissionCode.AccountSuspended, (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Code);
        IReadOnlyList<AuditEvent> audit = await ((IAuditLog)Store).ListAsync(_organization, 10, default);
        Assert.Equal(2, audit.Count(change => change.Action == "terms.set" && change.Actor == "admin"));
    }

    [Fact]
    public async Task LimitRequest_DecidedTwice_CountsOnce()
    {
        ILimitRequestStore requests = (ILimitRequestStore)Store;
        LimitRequest request = new()
        {
            Id = Guid.NewGuid().ToString("N"),
            OrganizationId = _organization,
            RequestedBy = "member",
            Reason = "launch",
            Limits = new LimitSet { RequestsPerMinute = 1_000 },
            State = LimitRequestState.Open,
            RequestedAtMs = 1,
        };
        Assert.True(await requests.TryAddAsync(request, 5, default));
        LimitRequest approved = request with { State = LimitRequestState.Approved, DecidedBy = "admin", DecidedAtMs = 2 };
        Assert.True(await requests.TryDecideAsync(approved, default));
        Assert.False(await requests.TryDecideAsync(approved with { State = LimitRequestState.Denied }, default));
        Assert.Equal(approved, await requests.FindAsync(request.Id, default));
        Assert.Single(await requests.ListAsync(_organization, default));
    }

    [Fact]
    public async Task Verify_TamperedEntry_IsNamed()
    {
        await TopUpAsync(Money.FromUsd(1));
        for (int index = 0; index < 3; index++)
        {
            Reservation held = (await Gate.AdmitAsync(Request("tier1", 10, 10), default)).Reservation!;
            await Gate.SettleAsync(held, new TokenUsage(10, 0, 5), default);
        }

        await VerifySoundAsync();
        await TamperAsync(_organization, 4);
        LedgerReport report = await Accounts.VerifyAsync(_organization, default);
        Assert.Equal((4L, false), (report.FirstBadSequence, report.IsSound));
    }

    private protected AdmissionRequest Request(string tier, int promptTokens, int completionTokens) => new()
    {
        RequestId = $"{_organization}/{Interlocked.Increment(ref _nextId)}",
        OrganizationId = _organization,
        KeyId = "ak-1",
        KeyTier = tier,
        Model = Model,
        PromptTokens = promptTokens,
        CompletionTokens = completionTokens,
    };

    private protected static AccountingSettings Settings() => AccountingSettings.Shipped() with { NodeId = "test" };

    /// <summary>Moves the test's clock.</summary>
    private protected virtual void StepMs(long ms) => Clock.StepMs(ms);

    private protected virtual ValueTask<IReadOnlyList<LimitUse>> LimitsAsync(string tier) =>
        Accounts.LimitsAsync(_organization, "", "ak-1", tier, default);

    private static long Cost(int promptTokens, int completionTokens) => (promptTokens * 1_400L) + (completionTokens * 4_200L);

    private protected async Task TopUpAsync(Money amount) =>
        await Accounts.MoveAsync(new MoneyMovement(_organization, EntryKind.TopUp, amount, $"top-{_nextId++}", "test", ""), default);

    private protected async Task VerifySoundAsync()
    {
        LedgerReport report = await Accounts.VerifyAsync(_organization, default);
        Assert.True(report.IsSound && report.EntryCount > 0, report.Problem);
    }

    private async Task<AdmissionResult[]> HammerAsync(int nodes, int requests, Func<AdmissionRequest> next)
    {
        List<IAdmission> gates = [Gate];
        while (gates.Count < nodes)
        {
            IAccountStore store = await OpenNodeAsync();
            gates.Add(await AdmissionAsync(store, new Accounting(store, Settings())));
        }

        return await Task.WhenAll(Enumerable.Range(0, requests)
            .Select(index => Task.Run(() => gates[index % nodes].AdmitAsync(next(), default).AsTask())));
    }
}
