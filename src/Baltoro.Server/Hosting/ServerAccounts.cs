using Baltoro.Kimi.Cards;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Server.Hosting;

/// <summary>Limits and money of a server.</summary>
/// <param name="Admission">Asked before a request runs, told after it.</param>
/// <param name="Accounts">Balances and limits.</param>
/// <param name="Quotes">Costs before they arise.</param>
public sealed record ServerAccounts(IAdmission Admission, IAccounts Accounts, Quotes Quotes)
{
    /// <summary>Accounts over a store, at the prices of the model cards and with the shipped tiers.</summary>
    public static ServerAccounts Over(IAccountStore store, ModelCatalog cards, TimeProvider clock)
    {
        AccountingSettings settings = AccountingSettings.Shipped() with { Prices = CardPrices.Of(cards) };
        Accounting accounting = new(store, settings);
        return new ServerAccounts(accounting, accounting, new Quotes(accounting, accounting, settings, clock));
    }
}
