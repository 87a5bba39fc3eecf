using Baltoro.Kimi.Cards;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Receipts;

namespace Baltoro.Server.Hosting;

/// <summary>Limits and money of a server.</summary>
/// <param name="Admission">Asked before a request runs, told after it.</param>
/// <param name="Accounts">Balances and limits.</param>
/// <param name="Quotes">Costs before they arise.</param>
public sealed record ServerAccounts(IAdmission Admission, IAccounts Accounts, Quotes Quotes)
{
    /// <summary>Signed receipts; null on a server that signs none.</summary>
    public ReceiptService? Receipts { get; init; }

    /// <summary>Accounts over a store, at the prices of the model cards and with the shipped tiers.</summary>
    public static ServerAccounts Over(IAccountStore store, ModelCatalog cards, TimeProvider clock, string nodeId = "local")
    {
        AccountingSettings settings = Settings(cards, nodeId);
        Accounting accounting = new(store, settings);
        return new ServerAccounts(accounting, accounting, new Quotes(accounting, accounting, settings, clock));
    }

    /// <summary>Accounts of an open data directory: on several nodes the limits are held in the counters they share.</summary>
    public static ServerAccounts Over(ServerStore store, ModelCatalog cards, TimeProvider clock) =>
        OverLimits(store, cards, clock) with { Receipts = store.Receipts };

    private static ServerAccounts OverLimits(ServerStore store, ModelCatalog cards, TimeProvider clock)
    {
        if (store.SharedLimits is not ISharedLimits limits)
        {
            return Over(store.Accounts, cards, clock, store.NodeId);
        }

        AccountingSettings settings = Settings(cards, store.NodeId) with { Outage = store.Settings.RedisOutage };
        Accounting accounting = new(store.Accounts, settings);
        SharedLimitAdmission admission = new(accounting, store.Accounts, limits, settings, clock);
        SharedLimitAccounts accounts = new(accounting, admission);
        return new ServerAccounts(admission, accounts, new Quotes(admission, accounts, settings, clock));
    }

    private static AccountingSettings Settings(ModelCatalog cards, string nodeId) =>
        AccountingSettings.Shipped() with { Prices = CardPrices.Of(cards), NodeId = nodeId };
}
