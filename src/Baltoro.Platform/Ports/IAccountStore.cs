using Baltoro.Platform.Ledger;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Ports;

/// <summary>
/// Where accounts live. The store only reads and writes; every decision is a pure function handed in. A transaction that
/// has answered is durable against the end of the process; one that has not answered is either whole or absent. Safe for
/// concurrent use, also from several processes.
/// </summary>
public interface IAccountStore
{
    /// <summary>Loads, decides and writes in one transaction. Transactions of one organization never overlap.</summary>
    /// <param name="decide">Pure; may run again when the store has to repeat the transaction.</param>
    ValueTask<TResult> TransactAsync<TResult>(
        AccountQuery query, Func<AccountView, AccountDecision<TResult>> decide, CancellationToken cancellationToken);

    /// <summary>Pending reservations whose lease ended at the store's time; with a node's name, all of that node's.</summary>
    ValueTask<IReadOnlyList<Reservation>> ListLapsedAsync(string? nodeId, int limit, CancellationToken cancellationToken);

    /// <summary>Lengthens the lease of pending reservations; ids that are not pending are left out. Returns how many were renewed.</summary>
    ValueTask<int> RenewAsync(IReadOnlyList<string> requestIds, long leaseMs, CancellationToken cancellationToken);

    /// <summary>Reservations of an organization that still count in a window or run, for rebuilding shared counters.</summary>
    ValueTask<IReadOnlyList<Reservation>> ListCountedAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>Organizations that have an account.</summary>
    ValueTask<IReadOnlyList<string>> ListOrganizationsAsync(CancellationToken cancellationToken);

    /// <summary>Entries after a number, in order. This is also the feed for consumers: they keep the last number they handled.</summary>
    ValueTask<IReadOnlyList<LedgerEntry>> ReadEntriesAsync(
        string organizationId, long afterSequence, int limit, CancellationToken cancellationToken);

    /// <summary>Daily totals, days inclusive, as <c>yyyymmdd</c>; of all organizations when none is named.</summary>
    ValueTask<IReadOnlyList<UsageDay>> ReadUsageAsync(
        string? organizationId, int fromDay, int toDay, CancellationToken cancellationToken);
}
