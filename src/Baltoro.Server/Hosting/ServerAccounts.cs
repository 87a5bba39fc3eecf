using Baltoro.Kimi.Cards;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;
using Baltoro.Storage;

namespace Baltoro.Server.Hosting;

/// <summary>Limits and money of a server.</summary>
/// <param name="Admission">Asked before a request runs, told after it.</param>
/// <param name="Accounts">Balances and limits.</param>
/// <param name="Quotes">Costs before they arise.</param>
public sealed record ServerAccounts(IAdmission Admission, IAccounts Accounts, Quotes Quotes)
{
    /// <summary>Signed receipts; null on a server that signs none.</summary>
    public ReceiptService? Receipts { get; init; }

    /// <summary>Prices that apply, kept up to date with the store; null: those of the start.</summary>
    public PriceUpdates? Prices { get; init; }

    /// <summary>Where settlements wait for the store; null: in memory only.</summary>
    public ISettlementJournal? Journal { get; init; }

    /// <summary>Accounts over a store, at the prices of the model cards and with the shipped tiers.</summary>
    public static ServerAccounts Over(IAccountStore store, ModelCatalog cards, TimeProvider clock, string nodeId = "local") =>
        Over(store, new ServerOptions { DataPath = "", Catalog = cards }, clock, nodeId);

    /// <summary>Accounts over a store, with the prices and tiers of the settings.</summary>
    public static ServerAccounts Over(IAccountStore store, ServerOptions options, TimeProvider clock, string nodeId = "local") =>
        Over(store, Settings(options, nodeId), clock);

    /// <summary>Accounts of an open data directory: on several nodes the limits are held in the counters they share.</summary>
    public static ServerAccounts Over(ServerStore store, ServerOptions options, TimeProvider clock)
    {
        AccountingSettings settings = Settings(options, store.NodeId) with { Outage = store.Settings.RedisOutage };
        ServerAccounts accounts = store.SharedLimits is { } limits ? OverLimits(store, limits, settings, clock) : Over(store.Accounts, settings, clock);
        return accounts with
        {
            Receipts = store.Receipts,
            Journal = store.Platform.Money.Journal,
            Prices = new PriceUpdates(settings.Prices, store.Platform.Money.Prices),
        };
    }

    /// <summary>Accounts of a store for commands, with the operator's prices.</summary>
    public static async ValueTask<ServerAccounts> OverAsync(
        PlatformStore store, ServerOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        AccountingSettings settings = Settings(options, "local");
        PriceUpdates prices = new(settings.Prices, store.Money.Prices);
        await prices.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return Over(store.Accounts, settings, clock) with { Prices = prices };
    }

    private static ServerAccounts Over(IAccountStore store, AccountingSettings settings, TimeProvider clock)
    {
        Accounting accounting = new(store, settings);
        return new ServerAccounts(accounting, accounting, new Quotes(accounting, accounting, settings, clock));
    }

    private static ServerAccounts OverLimits(ServerStore store, ISharedLimits limits, AccountingSettings settings, TimeProvider clock)
    {
        Accounting accounting = new(store.Accounts, settings);
        SharedLimitAdmission admission = new(accounting, store.Accounts, limits, settings, clock);
        SharedLimitAccounts accounts = new(accounting, admission);
        return new ServerAccounts(admission, accounts, new Quotes(admission, accounts, settings, clock));
    }

    /// <summary>What the settings say about limits and money.</summary>
    public static AccountingSettings Settings(ServerOptions options, string nodeId) => new()
    {
        Prices = CardPrices.Of(options.Catalog),
        Tiers = options.Tiers,
        NodeId = nodeId,
        TokenReturn = options.TokenReturn,
        InitialTerms = new Dictionary<string, AccountTerms>(StringComparer.Ordinal)
        {
            [Organization.LocalId] = new AccountTerms { CreditLimit = options.LocalCreditLimit },
        },
    };
}
