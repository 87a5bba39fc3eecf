using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Tests.Simulation;
using Baltoro.Platform.Usage;
using CsCheck;

namespace Baltoro.Platform.Tests.Prices;

/// <summary>Months charged anew, and totals that do not depend on the order of settlements.</summary>
public sealed class ReratingTests
{
    private const string Organization = "local";
    private const int Period = 202611;

    [Fact]
    public async Task Rerate_TwiceAndBack_PostsEachDifferenceOnce()
    {
        (MemoryAccountStore store, Accounting accounting, PriceCatalog prices) = await UsedAsync([(1_000, 100), (5_000, 2_000)]);
        Rerating rerating = new(store, accounting, prices);
        Money list = new(((6_000 * 1_400) + (2_100 * 4_200)));
        Money half = new(((6_000 * 700) + (2_100 * 2_100)));

        RerateResult shown = await rerating.RerateAsync(Organization, Period, "half", null, "test", apply: false, default);
        Assert.Equal((list, half, null), (shown.Now, shown.Target, shown.Posted));
        RerateResult first = await rerating.RerateAsync(Organization, Period, "half", null, "test", apply: true, default);
        Assert.Equal(MovementCode.Done, first.Posted?.Code);
        RerateResult second = await rerating.RerateAsync(Organization, Period, "half", null, "test", apply: true, default);
        Assert.Equal((half, half, null), (second.Now, second.Target, second.Posted));
        Assert.Equal(half, (await InvoiceAsync(store)).Total);

        RerateResult back = await rerating.RerateAsync(Organization, Period, PriceCatalog.StandardBook, null, "test", apply: true, default);
        Assert.Equal(MovementCode.Done, back.Posted?.Code);
        Invoice invoice = await InvoiceAsync(store);
        Assert.Equal((list, true), (invoice.Total, invoice.MatchesLedger));
        Assert.Equal(
            [InvoiceLineKind.Adjustment, InvoiceLineKind.CreditNote],
            invoice.Lines.Where(line => line.Model.Length == 0).Select(line => line.Kind).ToArray());
        LedgerReport report = await accounting.VerifyAsync(Organization, default);
        Assert.True(report.IsSound, report.Problem);
    }

    [Fact]
    public async Task CloseMonth_BelowTheCommitment_ChargesTheRestOnce()
    {
        (MemoryAccountStore store, Accounting accounting, PriceCatalog prices) = await UsedAsync([(1_000, 100)]);
        await accounting.SetTermsAsync(Organization, AccountTerms.Default with { Discount = "committed", CreditLimit = Money.FromUsd(100) }, "test", default);
        Rerating rerating = new(store, accounting, prices);
        Money used = new((1_000 * 1_400) + (100 * 4_200));
        (Money shortfall, MovementResult? posted) = await rerating.CloseMonthAsync(Organization, Period, "test", default);
        Assert.Equal((Money.FromUsd(5) - used, MovementCode.Done), (shortfall, posted?.Code));
        Assert.Equal((Money.Zero, null), await rerating.CloseMonthAsync(Organization, Period, "test", default));
        Assert.Equal(Money.FromUsd(5), (await InvoiceAsync(store)).Total);
    }

    [Fact]
    public async Task Settlements_InAnyOrder_GiveTheSameTotals() =>
        await Gen.Select(Gen.Int[0, 3_000_000].Array[2, 12], Gen.Int).SampleAsync(async (prompts, seed) =>
        {
            (int, int)[] uses = [.. prompts.Select(prompt => (prompt, prompt / 3))];
            Invoice straight = await InvoiceOfAsync(uses, seed: null);
            Invoice shuffled = await InvoiceOfAsync(uses, seed);
            Assert.Equal(straight.Total, shuffled.Total);
            Assert.Equal(straight.Lines, shuffled.Lines);
            Assert.True(straight.MatchesLedger && shuffled.MatchesLedger);
        }, iter: 60);

    [Fact]
    public async Task Prices_AddedWhileARequestRuns_DoNotReachIt()
    {
        ManualClock clock = new(new DateTimeOffset(2026, 11, 30, 23, 59, 0, TimeSpan.Zero));
        MemoryAccountStore store = new(clock);
        PriceCatalog prices = Catalog();
        Accounting accounting = new(store, AccountingSettings.Shipped() with { Prices = prices });
        AdmissionResult admitted = await accounting.AdmitAsync(Request("r", 1_000, 100), default);
        ModelPrice dear = ModelPrice.PerMillion("100", "100", "100");
        prices.Replace(
            [
                new PriceBook(PriceCatalog.StandardBook,
                [
                    .. prices.FindBook(PriceCatalog.StandardBook)!.Versions, // shipped
                    new PriceVersion("2", DateTimeOffset.UnixEpoch, null, clock.GetUtcNow(), new Dictionary<string, ModelPrice> { ["kimi-k2-5"] = dear }),
                ]),
            ],
            prices.Discounts);
        clock.StepMs(120_000);
        SettlementResult settled = await accounting.SettleAsync(admitted.Reservation!, new TokenUsage(1_000, 0, 100), default);
        Assert.Equal(new Money((1_000 * 1_400) + (100 * 4_200)), settled.Reservation?.Charged);
        Assert.Equal(Period, settled.Reservation?.Period);
        AdmissionResult next = await accounting.AdmitAsync(Request("r2", 1_000, 100), default);
        Assert.Equal(("standard/2", new Money(110_000_000)), (next.Reservation?.PriceVersion, next.Reservation?.Reserved));
    }

    private static PriceCatalog Catalog()
    {
        PriceCatalog shipped = ShippedPrices.Catalog();
        ModelPrice half = ModelPrice.PerMillion("0.70", "0.70", "2.10");
        PriceBook book = new(
            "half", [new PriceVersion("1", DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch, new Dictionary<string, ModelPrice> { ["kimi-k2-5"] = half })]);
        return new PriceCatalog([.. shipped.Books, book], [.. shipped.Discounts, new DiscountSchedule("committed", [new DiscountStep(Money.Zero, 0)], Money.FromUsd(5))]);
    }

    private static async Task<(MemoryAccountStore Store, Accounting Accounting, PriceCatalog Prices)> UsedAsync(
        (int Prompt, int Completion)[] uses, int? seed = null)
    {
        ManualClock clock = new(new DateTimeOffset(2026, 11, 3, 12, 0, 0, TimeSpan.Zero));
        MemoryAccountStore store = new(clock);
        PriceCatalog prices = Catalog();
        Accounting accounting = new(store, AccountingSettings.Shipped() with
        {
            Prices = prices,
            InitialTerms = new Dictionary<string, AccountTerms> { [Organization] = new AccountTerms { CreditLimit = Money.FromUsd(1_000_000), Discount = "steep" } },
        });
        prices.Replace(
            prices.Books,
            [.. prices.Discounts, new DiscountSchedule("steep", [new DiscountStep(new Money(3_333_333_333), 1_111), new DiscountStep(Money.FromUsd(20), 3_333)])]);
        List<(Reservation Held, TokenUsage Usage)> running = [];
        foreach ((int prompt, int completion) in uses)
        {
            AdmissionResult admitted = await accounting.AdmitAsync(Request($"r{running.Count}", prompt, completion), default);
            running.Add((admitted.Reservation!, new TokenUsage(prompt, 0, completion))); // postpaid: always admitted
        }

        (Reservation Held, TokenUsage Usage)[] order = [.. running];
        if (seed is { } number)
        {
            new Random(number).Shuffle(order);
        }

        foreach ((Reservation held, TokenUsage usage) in order)
        {
            await accounting.SettleAsync(held, usage, default);
        }

        return (store, accounting, prices);
    }

    private static async Task<Invoice> InvoiceOfAsync((int Prompt, int Completion)[] uses, int? seed) =>
        await InvoiceAsync((await UsedAsync(uses, seed)).Store);

    private static async Task<Invoice> InvoiceAsync(MemoryAccountStore store) => await new Invoices(store, new ManualClock(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero))).BuildAsync(Organization, Period, default);

    private static AdmissionRequest Request(string id, int prompt, int completion) => new()
    {
        RequestId = id,
        OrganizationId = Organization,
        KeyId = "k",
        KeyTier = "enterprise",
        Model = "kimi-k2-5",
        PromptTokens = prompt,
        CompletionTokens = completion,
    };
}
