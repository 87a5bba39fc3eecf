using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tests.Simulation;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Tests.Ledger;

public sealed class AccountingTests
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 10, 31, 23, 59, 0, TimeSpan.Zero));
    private readonly MemoryAccountStore _store;
    private readonly Accounting _accounting;
    private int _nextId;

    public AccountingTests()
    {
        _store = new MemoryAccountStore(_clock);
        _accounting = new Accounting(_store, AccountingSettings.Shipped());
    }

    [Fact]
    public async Task Admit_FirstOrganizationOfInstallation_NeverStopsForMoney()
    {
        AdmissionResult result = await _accounting.AdmitAsync(Request("local", "enterprise", 100_000, 8_192), default);
        Assert.Equal((AdmissionCode.Admitted, "enterprise"), (result.Code, result.Tier));
    }

    [Fact]
    public async Task Admit_UnknownModel_IsRefusedNotFree()
    {
        AdmissionResult result = await _accounting.AdmitAsync(Request("local", "free", 1, 1) with { Model = "mystery" }, default);
        Assert.Equal(AdmissionCode.ModelNotPriced, result.Code);
        Assert.Empty(_store.Entries);
    }

    [Fact]
    public async Task Admit_FreeTier_WritesZeroLedgerLines()
    {
        Reservation held = (await _accounting.AdmitAsync(Request("acme", "free", 10, 10), default)).Reservation!;
        await _accounting.SettleAsync(held, new TokenUsage(10, 0, 3), default);
        Assert.Equal([EntryKind.Reserve, EntryKind.Post], _store.Entries.Select(entry => entry.Kind));
        Assert.All(_store.Entries, entry => Assert.Equal(Money.Zero, entry.Amount));
    }

    [Fact]
    public async Task Admit_MoneyBuysLess_GrantsWhatItBuysIfAllowed()
    {
        await TopUpAsync("acme", new Money((10 * 1_400) + (7 * 4_200) + 100));
        Assert.Equal(AdmissionCode.BalanceTooLow, (await _accounting.AdmitAsync(Request("acme", "tier1", 10, 100), default)).Code);
        AdmissionResult granted = await _accounting.AdmitAsync(Request("acme", "tier1", 10, 100) with { SmallestCompletionTokens = 5 }, default);
        Assert.Equal(7, granted.Reservation?.CompletionTokens);
    }

    [Fact]
    public async Task Settle_MoreThanReserved_ChargesReservedAndBooksRestToOperator()
    {
        await TopUpAsync("acme", Money.FromUsd(1));
        Reservation held = (await _accounting.AdmitAsync(Request("acme", "tier1", 10, 10), default)).Reservation!;
        SettlementResult result = await _accounting.SettleAsync(held, new TokenUsage(12, 0, 10), default);
        Assert.Equal((held.Reserved, new Money(2 * 1_400)), (result.Reservation!.Charged, result.Absorbed));
        Invoice invoice = await new Invoices(_store, _clock).BuildAsync("acme", 202610, default);
        Assert.True(invoice.MatchesLedger);
        Assert.Equal(held.Reserved, invoice.Total);
    }

    [Fact]
    public async Task Settle_InconsistentUsage_ChangesNothing()
    {
        await TopUpAsync("acme", Money.FromUsd(1));
        Reservation held = (await _accounting.AdmitAsync(Request("acme", "tier1", 10, 10), default)).Reservation!;
        SettlementResult result = await _accounting.SettleAsync(held, new TokenUsage(10, 11, 10), default);
        Assert.Equal((SettlementCode.UsageInconsistent, ReservationState.Pending), (result.Code, _store.Reservations[held.RequestId].State));
    }

    [Fact]
    public async Task Settle_AfterMonthAndPriceChange_UsesMonthAndPriceOfAdmission()
    {
        await TopUpAsync("acme", Money.FromUsd(1));
        Reservation held = (await _accounting.AdmitAsync(Request("acme", "tier1", 10, 10), default)).Reservation!;
        _clock.StepMs(120_000);
        PriceCatalog dearer = new(
            [new PriceBook("standard", [new PriceVersion("2", DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch,
                new Dictionary<string, ModelPrice>(StringComparer.Ordinal) { ["kimi-k2-5"] = ModelPrice.PerMillion("99", "99", "99") })])],
            ShippedPrices.Catalog().Discounts);
        Accounting later = new(_store, AccountingSettings.Shipped() with { Prices = dearer });
        SettlementResult result = await later.SettleAsync(held, new TokenUsage(10, 0, 10), default);
        Assert.Equal(new Money((10 * 1_400) + (10 * 4_200)), result.Reservation!.Charged);
        Assert.Equal(result.Reservation.Charged, (await new Invoices(_store, _clock).BuildAsync("acme", 202610, default)).Total);
        Assert.Empty((await new Invoices(_store, _clock).BuildAsync("acme", 202611, default)).Lines);
    }

    [Fact]
    public async Task Settle_LiteralRule_ReturnsNothingToTokenLimits()
    {
        Accounting literal = new(_store, AccountingSettings.Shipped() with { TokenReturn = TokenReturn.Nothing });
        Reservation held = (await literal.AdmitAsync(Request("acme", "free", 100, 400), default)).Reservation!;
        await literal.SettleAsync(held, new TokenUsage(100, 0, 1), default);
        IReadOnlyList<LimitUse> uses = await literal.LimitsAsync("acme", "", "ak-1", "free", default);
        Assert.Equal(500, uses.Single(use => use.Dimension == LimitDimension.TokensPerMinute).Used);
        Assert.Equal(0, uses.Single(use => use.Dimension == LimitDimension.Concurrency).Used);
    }

    [Fact]
    public async Task Keys_MintedInOneOrganization_ShareItsLimits()
    {
        for (int index = 0; index < 3; index++)
        {
            AdmissionResult admitted = await _accounting.AdmitAsync(Request("acme", "free", 1, 1) with { KeyId = $"ak-{index}" }, default);
            await _accounting.VoidAsync(admitted.Reservation!, default);
        }

        AdmissionResult fourth = await _accounting.AdmitAsync(Request("acme", "free", 1, 1) with { KeyId = "ak-new" }, default);
        Assert.Equal(LimitDimension.RequestsPerMinute, fourth.Refusal?.Dimension);
    }

    [Fact]
    public async Task Move_RefundAboveFreeCash_IsRefused()
    {
        await TopUpAsync("acme", Money.FromUsd(1));
        MovementResult refused = await _accounting.MoveAsync(Movement("acme", EntryKind.Refund, new Money(1_000_000_001)), default);
        Assert.Equal(MovementCode.NotEnough, refused.Code);
        Assert.Equal(MovementCode.Done, (await _accounting.MoveAsync(Movement("acme", EntryKind.Refund, Money.FromUsd(1)), default)).Code);
        Assert.Equal(MovementCode.AmountNotPositive, (await _accounting.MoveAsync(Movement("acme", EntryKind.TopUp, Money.Zero), default)).Code);
    }

    [Fact]
    public async Task Voucher_IsSpentBeforeCash()
    {
        await TopUpAsync("acme", Money.FromUsd(1));
        await _accounting.MoveAsync(Movement("acme", EntryKind.VoucherGrant, new Money(20_000)), default);
        Reservation held = (await _accounting.AdmitAsync(Request("acme", "tier1", 10, 10), default)).Reservation!;
        await _accounting.SettleAsync(held, new TokenUsage(10, 0, 5), default);
        AccountBalanceSheet sheet = await _accounting.BalanceAsync("acme", default);
        Assert.Equal((Money.Zero, Money.FromUsd(1) - new Money(15_000)), (sheet.Voucher, sheet.Cash));
    }

    [Fact]
    public async Task Quote_NamesCostsBindingLimitAndComparison()
    {
        Quotes quotes = new(_accounting, _accounting, AccountingSettings.Shipped(), _clock);
        Quote quote = await quotes.QuoteAsync(Request("local", "enterprise", 1_000, 500), 100, default);
        Assert.Equal((new Money(3_500_000), new Money(1_820_000)), (quote.LargestCost, quote.LikelyCost));
        Assert.Equal(AdmissionCode.Admitted, quote.Admission.Code);
        Comparison gpt = Assert.Single(quote.Comparisons);
        Assert.Equal(("gpt-4o", 44, 58, new Money(7_500_000)), (gpt.Model, gpt.InputSavedPercent, gpt.OutputSavedPercent, gpt.LargestCost));
        Assert.Empty(_store.Entries);
        Quote refused = await quotes.QuoteAsync(Request("acme", "free", 400_000, 200_000), 100, default);
        Assert.Equal(LimitDimension.TokensPerMinute, refused.Admission.Refusal?.Dimension);
    }

    [Fact]
    public async Task Invoice_OfARunningMonth_IsPreliminaryUntilItIsOverAndNothingRuns()
    {
        Invoices invoices = new(_store, _clock);
        await TopUpAsync("acme", Money.FromUsd(1));
        Reservation held = (await _accounting.AdmitAsync(Request("acme", "tier1", 10, 10), default)).Reservation!;
        await AssertStateAsync("Preliminary: the month is not over.");
        await Assert.ThrowsAsync<ArgumentException>(async () => await invoices.BuildAsync("acme", 202611, default));
        Assert.Equal((false, true), (invoices.IsFuture(202610), invoices.IsFuture(202611)));
        _clock.StepMs(59_999);
        await AssertStateAsync("Preliminary: the month is not over.");
        _clock.StepMs(1);
        await AssertStateAsync($"Preliminary: requests with ${held.Reserved} reserved are still running.");
        await _accounting.SettleAsync(held, new TokenUsage(10, 0, 10), default);
        await AssertStateAsync("Final.");

        async Task AssertStateAsync(string state)
        {
            Invoice invoice = await invoices.BuildAsync("acme", 202610, default);
            bool isFinal = state == "Final.";
            Assert.Equal((state, isFinal), (invoice.State, invoice.IsFinal));
            Assert.Contains(isFinal ? "\"state\": \"final\"" : "\"state\": \"preliminary\"", InvoiceText.ToJson(invoice), StringComparison.Ordinal);
            string html = InvoiceText.ToHtml(invoice);
            Assert.Contains(state, html, StringComparison.Ordinal);
            Assert.Equal(!isFinal, html.Contains("<h1>Preliminary invoice 2026-10 for acme</h1>", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Invoice_WithDiscountAndCreditNote_MatchesLedgerToTheNano()
    {
        await TopUpAsync("acme", Money.FromUsd(5_000));
        for (int index = 0; index < 40; index++)
        {
            Reservation held = (await _accounting.AdmitAsync(Request("acme", "enterprise", 20_000_001, 777), default)).Reservation!;
            await _accounting.SettleAsync(held, new TokenUsage(20_000_001, 3, 777), default);
        }

        await _accounting.MoveAsync(Movement("acme", EntryKind.CreditNote, new Money(123)), default);
        Invoice invoice = await new Invoices(_store, _clock).BuildAsync("acme", 202610, default);
        Assert.True(invoice.MatchesLedger);
        Money gross = new(40 * ((20_000_001 * 1_400L) + (777 * 4_200)));
        Money discount = new((gross.NanoUsd - 1_000_000_000_000) * 500 / 10_000);
        Assert.Equal(gross - discount - new Money(123), invoice.Total);
        Assert.Contains($"\"total_nano_usd\": {invoice.Total.NanoUsd}", InvoiceText.ToJson(invoice), StringComparison.Ordinal);
        Assert.Contains("volume_discount", InvoiceText.ToHtml(invoice), StringComparison.Ordinal);
    }

    private async Task TopUpAsync(string organization, Money amount) =>
        await _accounting.MoveAsync(Movement(organization, EntryKind.TopUp, amount), default);

    private MoneyMovement Movement(string organization, EntryKind kind, Money amount) =>
        new(organization, kind, amount, $"m-{_nextId++}", "test", "");

    private AdmissionRequest Request(string organization, string tier, int promptTokens, int completionTokens) => new()
    {
        RequestId = $"r-{_nextId++}",
        OrganizationId = organization,
        KeyId = "ak-1",
        KeyTier = tier,
        Model = "kimi-k2-5",
        PromptTokens = promptTokens,
        CompletionTokens = completionTokens,
    };
}
