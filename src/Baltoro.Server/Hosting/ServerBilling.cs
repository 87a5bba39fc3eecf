using Baltoro.Platform.Identity;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;
using Baltoro.Platform.Vouchers;

namespace Baltoro.Server.Hosting;

/// <summary>Vouchers, invoices and re-ratings of the admin API.</summary>
public sealed record ServerBilling(VoucherService Vouchers, Invoices Invoices, Rerating Rerating)
{
    /// <summary>Billing of an open store, at the prices that apply.</summary>
    public static ServerBilling Over(ServerStore store, ServerAccounts accounts, PriceCatalog prices, TimeProvider clock) => new(
        new VoucherService(store.Platform.Money.Vouchers, accounts.Accounts, new Organizations(store.Platform.Identities), clock),
        new Invoices(store.Accounts, clock),
        new Rerating(store.Accounts, accounts.Accounts, accounts.Prices?.Live ?? prices));
}
