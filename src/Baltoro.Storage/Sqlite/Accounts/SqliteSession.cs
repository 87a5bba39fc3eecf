using Microsoft.Data.Sqlite;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Storage.Sql;

namespace Baltoro.Storage.Sqlite.Accounts;

/// <summary>One connection with its prepared statements. One thread at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private const int MostRemembered = 4_096;
    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RememberedAccount> _remembered = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AccountState> _unwritten = new(StringComparer.Ordinal);
    private long _dataVersion = -1;

    /// <summary>Begins a transaction; what was remembered stays good unless another connection has committed since.</summary>
    public void Begin()
    {
        Execute("BEGIN IMMEDIATE");
        long version = (long)(Bind("PRAGMA data_version").ExecuteScalar() ?? 0L);
        if (version != _dataVersion || _remembered.Count > MostRemembered)
        {
            _remembered.Clear();
            _dataVersion = version;
        }
    }

    /// <summary>Writes what is left and commits.</summary>
    public void Commit()
    {
        Flush();
        Execute("COMMIT");
    }

    /// <summary>Forgets everything: the transaction failed.</summary>
    public void Forget()
    {
        _remembered.Clear();
        _unwritten.Clear();
    }

    /// <summary>An account as a transaction sees it: as remembered, or read.</summary>
    public AccountView Load(AccountQuery query, long nowMs)
    {
        RememberedAccount? known = _remembered.GetValueOrDefault(query.OrganizationId);
        if (known?.View(query, nowMs, id => Single(AccountSql.ReadReservation, AccountRows.Reservation, id)) is AccountView view)
        {
            return view;
        }

        Flush();
        AccountView read = Read(query, nowMs);
        if (known is null)
        {
            _remembered[query.OrganizationId] = new RememberedAccount(query, read);
        }
        else
        {
            known.Add(query, read);
        }

        return read;
    }

    /// <summary>Writes a decision about what <see cref="Load"/> showed.</summary>
    public void Apply(AccountView view, AccountChange change)
    {
        string organization = view.Book.OrganizationId;
        if (!_unwritten.TryGetValue(organization, out AccountState? state))
        {
            state = new AccountState();
            _unwritten[organization] = state;
        }

        state.Add(view, change);
        AccountWrites.Once(view, change).ForEach(write => Write(write));
        _remembered[organization].Apply(change);
    }

    private void Flush()
    {
        foreach (AccountState state in _unwritten.Values)
        {
            state.Writes().ForEach(write => Write(write));
        }

        _unwritten.Clear();
    }

    private AccountView Read(AccountQuery query, long nowMs)
    {
        (Book book, AccountTerms? terms, string epoch) = LoadBook(query.OrganizationId);
        Reservation? reservation = query.RequestId is null ? null : Single(AccountSql.ReadReservation, AccountRows.Reservation, query.RequestId);
        Dictionary<string, Scope> scopes = new(StringComparer.Ordinal);
        using (SqliteDataReader rows = Bind(query.ForRebuild ? AccountSql.ReadAllScopes : AccountSql.ReadTierScopes, query.OrganizationId).ExecuteReader())
        {
            while (rows.Read())
            {
                Scope scope = AccountRows.Scope(rows);
                scopes[scope.Name] = scope;
            }
        }

        foreach (string name in query.Scopes ?? [])
        {
            if (!scopes.ContainsKey(name) && Single(AccountSql.ReadScope, AccountRows.Scope, query.OrganizationId, name) is Scope scope)
            {
                scopes[name] = scope;
            }
        }

        return new AccountView
        {
            NowMs = nowMs,
            Book = book,
            Terms = terms,
            Scopes = scopes,
            MonthGross = reservation is null ? new Dictionary<int, Money>() : LoadGross(query.OrganizationId, reservation.Period),
            Reservation = reservation,
            Idempotency = query.IdempotencyKey is null
                ? null
                : Single(AccountSql.ReadIdempotency, AccountRows.Idempotency, query.OrganizationId, query.IdempotencyKey),
            LimitsEpoch = epoch,
            Receipts = query.ReceiptNode is null
                ? null
                : Single(ReceiptSql.ReadHead, ReceiptRows.Head, query.OrganizationId, query.ReceiptNode),
            Roots = query.ForRoot ? LoadRoots(query.OrganizationId) : null,
            Counted = query.ForRebuild
                ? List(AccountSql.ReadCounted, AccountRows.Reservation, query.OrganizationId, CountedSince.Ms(nowMs))
                : [],
        };
    }

    /// <summary>Runs one statement; returns the rows it changed.</summary>
    public int Write(SqlWrite write) => Bind(write.Sql, write.Values).ExecuteNonQuery();

    /// <summary>All rows of a query.</summary>
    public List<T> List<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using SqliteDataReader rows = Bind(sql, values).ExecuteReader();
        List<T> list = [];
        while (rows.Read())
        {
            list.Add(read(rows));
        }

        return list;
    }

    /// <summary>The first row of a query, or null.</summary>
    public T? Single<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
        where T : class
    {
        using SqliteDataReader rows = Bind(sql, values).ExecuteReader();
        return rows.Read() ? read(rows) : null;
    }

    /// <summary>Runs a statement without parameters, such as BEGIN.</summary>
    public void Execute(string sql) => Bind(sql).ExecuteNonQuery();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteCommand command in _commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private (Book Book, AccountTerms? Terms, string Epoch) LoadBook(string organizationId)
    {
        Book book = Book.Empty(organizationId);
        AccountTerms? terms;
        string epoch;
        using (SqliteDataReader row = Bind(AccountSql.ReadAccount, organizationId).ExecuteReader())
        {
            if (!row.Read())
            {
                return (book, null, "");
            }

            book = book with { Sequence = row.GetInt64(0), Head = row.GetFieldValue<byte[]>(1) };
            epoch = row.GetString(2);
            terms = AccountRows.Terms(row);
        }

        AccountBalance[] balances = [.. book.Accounts];
        using SqliteDataReader rows = Bind(AccountSql.ReadBalances, organizationId).ExecuteReader();
        while (rows.Read())
        {
            balances[rows.GetInt32(0)] = AccountRows.Balance(rows);
        }

        return (book with { Accounts = [.. balances] }, terms, epoch);
    }

    private Dictionary<int, Money> LoadGross(string organizationId, int period)
    {
        using SqliteDataReader row = Bind(AccountSql.ReadMonthGross, organizationId, (long)period).ExecuteReader();
        return row.Read() ? new() { [row.GetInt32(0)] = new Money(row.GetInt64(1)) } : [];
    }

    private RootBasis LoadRoots(string organizationId) => new(
        List(ReceiptSql.ReadHeads, ReceiptRows.Head, organizationId),
        Single(ReceiptSql.ReadLastRoot, ReceiptRows.Root, organizationId),
        List(ReceiptSql.ReadOrigin, row => row.GetInt64(0), organizationId).SingleOrDefault());

    private SqliteCommand Bind(string sql, params object?[] values)
    {
        if (!_commands.TryGetValue(sql, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (int index = 1; index <= values.Length; index++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = "$" + index });
            }

            _commands.Add(sql, command);
        }

        for (int index = 0; index < values.Length; index++)
        {
            command.Parameters[index].Value = values[index] ?? DBNull.Value;
        }

        return command;
    }
}
