using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;

namespace Baltoro.Storage.Sql;

/// <summary>
/// The rows of one account that changes replace (book, balances, counters, totals, heads of receipts): of several changes in one
/// transaction only the last value of each is written. One thread at a time.
/// </summary>
internal sealed class AccountState
{
    private readonly Dictionary<string, Scope> _scopes = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Money> _gross = [];
    private readonly Dictionary<string, (long Sequence, byte[] Hash)> _receipts = new(StringComparer.Ordinal);
    private Book? _before;
    private string _organization = "";

    /// <summary>The newest book, or null when none was changed.</summary>
    public Book? After { get; private set; }

    /// <summary>Adds a change to what <paramref name="view"/> showed; changes come in their order.</summary>
    public void Add(AccountView view, AccountChange change)
    {
        _organization = view.Book.OrganizationId;
        _before ??= view.Book;
        After = change.Book ?? After;
        foreach (Scope scope in change.Scopes)
        {
            _scopes[scope.Name] = scope;
        }

        if (change.MonthGross is (int period, Money gross))
        {
            _gross[period] = gross;
        }

        if (change.Receipt is ChainedReceipt { Receipt: Receipt receipt } chained)
        {
            _receipts[receipt.NodeId] = (receipt.Sequence, chained.Hash.ToArray());
        }
    }

    /// <summary>The statements; without the account's row where the caller writes that itself.</summary>
    public List<SqlWrite> Writes(bool withAccount = true)
    {
        List<SqlWrite> writes = [];
        if (After is Book after)
        {
            if (withAccount)
            {
                Add(AccountSql.WriteBook, after.OrganizationId, after.Sequence, after.Head.ToArray());
            }

            foreach (AccountKind kind in Enum.GetValues<AccountKind>().Where(kind => after[kind] != _before?[kind]))
            {
                AccountBalance balance = after[kind];
                Add(AccountSql.WriteBalance, after.OrganizationId, (long)kind, balance.DebitsPosted.NanoUsd, balance.CreditsPosted.NanoUsd,
                    balance.DebitsPending.NanoUsd, balance.CreditsPending.NanoUsd);
            }
        }

        writes.AddRange(_scopes.Values.Select(scope => ScopeWrite(_organization, scope)));
        foreach ((int period, Money gross) in _gross)
        {
            Add(AccountSql.WriteMonthGross, _organization, (long)period, gross.NanoUsd);
        }

        foreach ((string node, (long sequence, byte[] hash)) in _receipts)
        {
            Add(ReceiptSql.WriteHead, _organization, node, sequence, hash);
        }

        return writes;

        void Add(string sql, params object?[] values) => writes.Add(new SqlWrite(sql, values));
    }

    private static SqlWrite ScopeWrite(string organization, Scope scope) => new(
        AccountSql.WriteScope,
        [
            organization, scope.Name, (long?)scope.Custom.Concurrency, scope.Custom.RequestsPerMinute, scope.Custom.TokensPerMinute,
            scope.Custom.TokensPerDay, scope.Custom.Budget?.NanoUsd, (long)scope.Custom.BudgetPeriod, (long)scope.Running,
            SlotBlob.Write(scope.Slots), (long)scope.Day, scope.DayTokens, (long)scope.BudgetPeriod, scope.BudgetUsed.NanoUsd,
        ]);
}
