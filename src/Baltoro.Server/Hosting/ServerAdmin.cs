using Baltoro.Platform.Identity;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;

namespace Baltoro.Server.Hosting;

/// <summary>What the admin API administers besides keys.</summary>
/// <param name="Directory">Organizations, projects, members.</param>
/// <param name="Audit">The log of changes.</param>
/// <param name="Requests">Wishes for other limits, and their decisions.</param>
/// <param name="Wishes">Where they are read.</param>
/// <param name="Accounts">Balances, terms, limits.</param>
/// <param name="Ledger">Where use is read.</param>
/// <param name="Settings">Tiers and prices.</param>
public sealed record ServerAdmin(
    DirectoryService Directory, IAuditLog Audit, LimitRequests Requests, ILimitRequestStore Wishes, IAccounts Accounts,
    IAccountStore Ledger, AccountingSettings Settings)
{
    /// <summary>Vouchers, invoices and re-ratings; null on a server without them.</summary>
    public ServerBilling? Billing { get; init; }

    /// <summary>Administration of an open store.</summary>
    public static ServerAdmin Over(ServerStore store, ServerOptions options, ServerAccounts accounts, TimeProvider clock)
    {
        AccountingSettings settings = ServerAccounts.Settings(options, store.NodeId);
        return new ServerAdmin(
            new DirectoryService(store.Platform.Identities, clock),
            store.Platform.Audit,
            new LimitRequests(store.Platform.LimitRequests, accounts.Accounts, store.Platform.Audit, clock),
            store.Platform.LimitRequests,
            accounts.Accounts,
            store.Accounts,
            settings)
        {
            Billing = ServerBilling.Over(store, accounts, settings.Prices, clock),
        };
    }
}
