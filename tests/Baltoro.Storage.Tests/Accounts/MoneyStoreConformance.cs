using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;
using Baltoro.Platform.Verification;
using Baltoro.Platform.Vouchers;
using Baltoro.Storage.Sql;
using Baltoro.Storage.Tests.Servers;

namespace Baltoro.Storage.Tests.Accounts;

/// <summary>Receipts, roots, vouchers and prices over every database; nodes share one.</summary>
public abstract class MoneyStoreConformance
{
    private readonly string _organization = $"org-{Guid.NewGuid():N}";
    private readonly ReceiptKey _key = ReceiptKey.Read(ReceiptKey.CreateFile())!; // just made

    private protected ManualClock Clock { get; } = new(new DateTimeOffset(2026, 10, 31, 12, 0, 0, TimeSpan.Zero));

    private protected abstract (IAccountStore Accounts, ISqlRunner Runner) OpenNode();

    [Fact]
    public async Task Receipts_OfTwoNodes_AreTwoChainsUnderOneRoot()
    {
        (IAccountStore first, ISqlRunner runner) = OpenNode();
        (IAccountStore second, _) = OpenNode();
        SqlReceiptStore receipts = new(runner);
        Accounting one = Node(first, "n1");
        Accounting two = Node(second, "n2");
        await TopUpAsync(one);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(index => SettleAsync(index % 2 == 0 ? one : two, index)));
        List<SignedRoot> kept = [];
        ReceiptService service = new(first, receipts, _key, new ListLog(kept));
        Assert.Contains(_organization, await receipts.ListUnrootedAsync(1_000_000, default));
        Assert.True(await service.CloseAsync(default) >= 1);
        await SettleAsync(two, 20);
        await service.CloseAsync(default);
        Assert.DoesNotContain(_organization, await receipts.ListUnrootedAsync(1_000_000, default));

        RootBasis basis = await receipts.BasisAsync(_organization, default);
        Assert.Equal([("n1", 10L), ("n2", 11L)], basis.Chains.Select(chain => (chain.NodeId, chain.Sequence)).ToArray());
        Assert.Equal(2, basis.Last?.Number);
        BooksReport report = await new BooksVerifier(
            new StoredBooks(first, receipts), new Dictionary<string, ReceiptPublicKey> { [_key.PublicKey.Id] = _key.PublicKey }, kept)
            .VerifyAsync(_organization, default);
        Assert.True(report.IsSound, $"{report.FirstBad}: {report.Problem}");
        Assert.Equal((21, 2, report.EntryCount), (report.ReceiptCount, report.RootCount, report.SignedUntil));
        SignedReceipt? signed = await service.FindAsync(_organization, Receipt.IdOf($"{_organization}-20"), default);
        Assert.True(_key.PublicKey.Verify(signed!.Text, signed.Signature.Span));
        Assert.Null(await service.FindAsync("someone-else", signed.Receipt.Id, default));
    }

    [Fact]
    public async Task Voucher_RedeemedInParallel_IsGrantedOnce()
    {
        (IAccountStore store, ISqlRunner runner) = OpenNode();
        Accounting accounting = Node(store, "n1");
        VoucherService vouchers = new(new SqlVoucherStore(runner), accounting, new Organizations(new EveryOrganization(Clock)), Clock);
        (Voucher voucher, string code) = await vouchers.CreateAsync(Money.FromUsd(5), null, Clock.GetUtcNow().AddDays(1), "test", default);
        RedeemResult[] results = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            index => Task.Run(async () => await vouchers.RedeemAsync(index % 2 == 0 ? _organization : _organization + "2", code, "test", default))));
        Assert.Single(results, result => result.Code == RedeemCode.Redeemed);
        Assert.Equal(5, results.Count(result => result.Code == RedeemCode.RedeemedBefore));
        Assert.Equal(6, results.Count(result => result.Code == RedeemCode.NotValid));
        Money sum = (await accounting.BalanceAsync(_organization, default)).Voucher + (await accounting.BalanceAsync(_organization + "2", default)).Voucher;
        Assert.Equal(Money.FromUsd(5), sum);
        Assert.Contains(await vouchers.ListAsync(1_000, default), listed => listed.Id == voucher.Id && listed.RedeemedBy is not null);
        (_, string late) = await vouchers.CreateAsync(Money.FromUsd(5), null, Clock.GetUtcNow().AddDays(1), "test", default);
        Clock.StepMs(25 * 3_600_000);
        Assert.Equal(RedeemCode.Expired, (await vouchers.RedeemAsync(_organization, late, "test", default)).Code);
        Assert.Equal(RedeemCode.RedeemedBefore, (await vouchers.RedeemAsync(results.First(result => result.Code == RedeemCode.Redeemed).Movement!.Balance.OrganizationId, code, "test", default)).Code);
    }

    [Fact]
    public async Task LimitRequests_AddedInParallelOnTwoNodes_NeverPassTheirBound()
    {
        ILimitRequestStore[] nodes = [(ILimitRequestStore)OpenNode().Accounts, (ILimitRequestStore)OpenNode().Accounts];
        bool[] added = await Task.WhenAll(Enumerable.Range(0, 24).Select(index => Task.Run(async () => await nodes[index % 2].TryAddAsync(
            new LimitRequest
            {
                Id = Guid.NewGuid().ToString("N"),
                OrganizationId = _organization,
                RequestedBy = "member",
                Reason = "",
                Limits = new LimitSet { Concurrency = 2 },
                State = LimitRequestState.Open,
                RequestedAtMs = index,
            },
            5, default))));
        Assert.Equal(5, added.Count(isAdded => isAdded));
        Assert.Equal(5, (await nodes[0].ListAsync(_organization, default)).Count);
    }

    [Fact]
    public async Task Limits_ApprovedForTheOrganization_TakeThePlaceOfItsTiersOnEveryNode()
    {
        Accounting first = Node(OpenNode().Accounts, "n1");
        Accounting second = Node(OpenNode().Accounts, "n2");
        Assert.Equal([1L, 3, 500_000, 1_500_000], (await second.LimitsAsync(_organization, "", "key", "free", default)).Select(use => use.Limit));
        await first.SetLimitsAsync(_organization, ScopeName.Approved, new LimitSet { RequestsPerMinute = 7 }, "admin", default);
        Assert.Equal([1L, 7, 500_000, 1_500_000], (await second.LimitsAsync(_organization, "", "key", "free", default)).Select(use => use.Limit));
    }

    [Fact]
    public async Task Usage_WithImagesAndCalls_IsReadBackWithTheirCosts()
    {
        IAccountStore store = OpenNode().Accounts;
        ModelPrice price = new(1_400, 1_400, 4_200, ImageNano: 5_000, CallNano: 70);
        PriceBook book = new(
            PriceCatalog.StandardBook,
            [new PriceVersion("u", DateTimeOffset.UnixEpoch, null, DateTimeOffset.UnixEpoch, new Dictionary<string, ModelPrice> { ["m"] = price })]);
        Accounting accounting = new(store, AccountingSettings.Shipped() with { Prices = new PriceCatalog([book], ShippedPrices.Catalog().Discounts) });
        await TopUpAsync(accounting);
        for (int request = 0; request < 2; request++)
        {
            AdmissionResult admitted = await accounting.AdmitAsync(
                new AdmissionRequest
                {
                    RequestId = $"{_organization}-u{request}",
                    OrganizationId = _organization,
                    KeyId = "k",
                    KeyTier = "enterprise",
                    Model = "m",
                    PromptTokens = 10,
                    CompletionTokens = 5,
                    Images = 3,
                    Calls = 1,
                },
                default);
            Assert.Equal(new Money((10 * 1_400) + (5 * 4_200) + 15_000 + 70), admitted.Reservation?.Reserved);
            await accounting.SettleAsync(admitted.Reservation!, new TokenUsage(10, 0, 5, Images: 3, Calls: 1), default);
        }

        UsageDay day = Assert.Single(await store.ReadUsageAsync(_organization, 0, 99999999, default));
        Assert.Equal((6, 2, 30_000, 140), (day.Images, day.Calls, day.ImageCost.NanoUsd, day.CallCost.NanoUsd));
        Assert.Equal(new Money(2 * ((10 * 1_400) + (5 * 4_200) + 15_000 + 70)), day.Charged);
    }

    [Fact]
    public async Task PaymentEvent_ClaimedByManyAtOnce_BelongsToOneForEver()
    {
        (_, ISqlRunner first) = OpenNode();
        (_, ISqlRunner second) = OpenNode();
        SqlPaymentEventStore[] nodes = [new(first), new(second)];
        string key = $"payment/hmac/{_organization}";
        string[] owners = await Task.WhenAll(Enumerable.Range(0, 16).Select(
            index => Task.Run(async () => await nodes[index % 2].ClaimAsync(key, $"{_organization}-{index}", index, default))));
        string owner = Assert.Single(owners.Distinct());
        Assert.Equal(owner, await nodes[0].ClaimAsync(key, "late", 99, default));
        Assert.Equal("late", await nodes[0].ClaimAsync(key + "2", "late", 99, default));
    }

    [Fact]
    public async Task Prices_Added_AreReadBackAndNeverReplaced()
    {
        (_, ISqlRunner runner) = OpenNode();
        SqlPriceStore prices = new(runner);
        string book = _organization;
        PriceVersion version = new(
            "1", Clock.GetUtcNow(), Clock.GetUtcNow().AddDays(3), Clock.GetUtcNow(), new Dictionary<string, ModelPrice> { ["m"] = new(1, 2, 3, 4, 5) });
        Assert.True(await prices.TryAddAsync(book, version, default));
        Assert.False(await prices.TryAddAsync(book, version with { ValidUntil = null }, default));
        (_, PriceVersion read) = Assert.Single(await prices.ListVersionsAsync(default), row => row.Book == book);
        Assert.Equal((version.ValidFrom, version.ValidUntil, version.Models["m"]), (read.ValidFrom, read.ValidUntil, read.Models["m"]));
        DiscountSchedule discount = new(book, [new DiscountStep(Money.Zero, 250), new DiscountStep(Money.FromUsd(7), 333)], Money.FromUsd(9));
        Assert.True(await prices.TryAddAsync(discount, Clock.GetUtcNow(), default));
        Assert.False(await prices.TryAddAsync(discount, Clock.GetUtcNow(), default));
        DiscountSchedule found = Assert.Single(await prices.ListDiscountsAsync(default), known => known.Name == book);
        Assert.Equal(discount.Steps, found.Steps);
        Assert.Equal(discount.Commitment, found.Commitment);
        PriceCatalog live = ShippedPrices.Catalog();
        await new PriceUpdates(live, prices).RefreshAsync(default);
        Assert.Equal("1", live.FindBook(book)?.Find("m", Clock.GetUtcNow())?.Id);
        Assert.NotNull(live.FindBook(PriceCatalog.StandardBook)?.Find("kimi-k2-5", Clock.GetUtcNow()));
    }

    private sealed class EveryOrganization(TimeProvider clock) : IOrganizationReader
    {
        public ValueTask<Organization?> FindOrganizationAsync(string id, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Organization?>(new Organization(id, id) { CreatedAt = clock.GetUtcNow() });
    }

    private static Accounting Node(IAccountStore store, string name) => new(store, AccountingSettings.Shipped() with { NodeId = name });

    private async Task TopUpAsync(Accounting accounting) => await accounting.MoveAsync(
        new MoneyMovement(_organization, EntryKind.TopUp, Money.FromUsd(5_000), "t", "test", ""), default);

    private async Task SettleAsync(Accounting accounting, int index)
    {
        AdmissionResult admitted = await accounting.AdmitAsync(
            new AdmissionRequest
            {
                RequestId = $"{_organization}-{index}",
                OrganizationId = _organization,
                KeyId = "ak-1",
                KeyTier = "tier1",
                Model = "kimi-k2-5",
                PromptTokens = 100,
                CompletionTokens = 100,
            },
            default);
        _ = index % 5 == 4
            ? await accounting.VoidAsync(admitted.Reservation!, default)
            : await accounting.SettleAsync(admitted.Reservation!, new TokenUsage(100, 0, index), default);
    }

    /// <summary>Roots kept outside the store.</summary>
    private sealed class ListLog(List<SignedRoot> kept) : IRootLog
    {
        public void Append(SignedRoot root)
        {
            lock (kept)
            {
                kept.Add(root);
            }
        }

        public IReadOnlyList<SignedRoot> Read() => kept;
    }
}
