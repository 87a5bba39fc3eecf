using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tests.Simulation;

namespace Baltoro.Platform.Tests.Ledger;

/// <summary>A store that fails at settlement loses nothing and charges nobody twice.</summary>
public sealed class DurableSettlementTests
{
    private const long AnswerNano = (1_000 * 1_400) + (100 * 4_200);
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 11, 3, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryAccountStore _store;
    private readonly MemoryJournal _journal = new();
    private readonly Accounting _accounting;

    public DurableSettlementTests()
    {
        _store = new MemoryAccountStore(_clock);
        _accounting = new Accounting(_store, AccountingSettings.Shipped());
    }

    [Theory]
    [InlineData(StoreFault.BeforeCommit, false)]
    [InlineData(StoreFault.BeforeCommit, true)]
    [InlineData(StoreFault.AfterCommit, false)]
    [InlineData(StoreFault.AfterCommit, true)]
    public async Task Settlement_ThatFails_IsChargedOnceByTheNextTry(object fault, bool crash)
    {
        Reservation held = await AdmitAsync();
        DurableSettlement settlements = new(_accounting, _accounting, _journal);
        _store.NextFault = () => (StoreFault)fault;
        (SettlementResult? result, Exception? told) = await settlements.EndAsync(held, new TokenUsage(1_000, 0, 100));
        Assert.Null(result);
        Assert.IsType<IOException>(told);
        Assert.Equal((1, 1), (settlements.WaitingCount, _journal.Read().Count));
        Assert.Empty(await settlements.RetryAsync());

        _store.NextFault = () => StoreFault.None;
        if (crash)
        {
            settlements = new DurableSettlement(_accounting, _accounting, _journal);
            Assert.Equal((1, 0), await settlements.RecoverAsync(default));
            await _accounting.RecoverAsync(default);
        }
        else
        {
            Assert.Equal(held.RequestId, Assert.Single(await settlements.RetryAsync()).RequestId);
        }

        Assert.Equal(0, settlements.WaitingCount);
        Assert.Empty(_journal.Read());
        Assert.Equal(AnswerNano, _store.Reservations[held.RequestId].Charged.NanoUsd);
        Assert.Equal(AnswerNano, _store.Entries.Where(entry => entry.Kind is EntryKind.Post or EntryKind.LateCharge).Sum(entry => entry.Amount.NanoUsd));
    }

    [Fact]
    public async Task Settlement_AfterTheLeaseEnded_IsChargedLate()
    {
        Reservation held = await AdmitAsync();
        DurableSettlement settlements = new(_accounting, _accounting, _journal);
        _store.NextFault = () => StoreFault.BeforeCommit;
        await settlements.EndAsync(held, new TokenUsage(1_000, 0, 100));
        _store.NextFault = () => StoreFault.None;
        _clock.StepMs(120_000);
        Assert.Equal(1, await _accounting.SweepAsync(default));
        await settlements.RetryAsync();
        Assert.Contains(_store.Entries, entry => entry.Kind == EntryKind.LateCharge && entry.Amount.NanoUsd == AnswerNano);
    }

    [Fact]
    public async Task Void_ThatFails_IsGivenBackByTheNextTry()
    {
        Reservation held = await AdmitAsync();
        DurableSettlement settlements = new(_accounting, _accounting, _journal);
        _store.NextFault = () => StoreFault.AfterCommit;
        await settlements.EndAsync(held, null);
        _store.NextFault = () => StoreFault.None;
        await settlements.RetryAsync();
        Assert.Equal(ReservationState.Voided, _store.Reservations[held.RequestId].State);
        Assert.Equal(Money.Zero, (await _accounting.BalanceAsync("local", default)).Reserved);
    }

    [Fact]
    public async Task Recovery_OfAnUnknownRequest_IsCountedAndForgotten()
    {
        _journal.Append(new PendingSettlement("local", "of-another-database", new TokenUsage(1, 0, 1)));
        Assert.Equal((0, 1), await new DurableSettlement(_accounting, _accounting, _journal).RecoverAsync(default));
        Assert.Empty(_journal.Read());
    }

    private async Task<Reservation> AdmitAsync()
    {
        AdmissionResult admitted = await _accounting.AdmitAsync(
            new AdmissionRequest
            {
                RequestId = "r",
                OrganizationId = "local",
                KeyId = "k",
                KeyTier = "enterprise",
                Model = "kimi-k2-5",
                PromptTokens = 1_000,
                CompletionTokens = 500,
            },
            default);
        return admitted.Reservation!; // postpaid: always admitted
    }
}
