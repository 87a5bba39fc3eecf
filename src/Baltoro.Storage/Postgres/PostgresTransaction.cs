using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Storage.Sql;
using Npgsql;

namespace Baltoro.Storage.Postgres;

/// <summary>
/// One account transaction in two round trips: begin, lock the account's row and read; then write and commit. The row
/// lock makes transactions of one organization follow each other; each read after it sees what the one before wrote.
/// </summary>
/// <param name="testMs">Time in place of the database's.</param>
/// <param name="also">Reservations to read besides the query's.</param>
internal sealed class PostgresTransaction(NpgsqlConnection connection, AccountQuery query, long? testMs, string[] also)
{
    private const string Now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    private const string AddAccount =
        "INSERT INTO account (organization_id, sequence, head, limits_epoch) VALUES ($1, 0, $2, '') ON CONFLICT DO NOTHING";

    private const string ReadGrossOfReservation = """
        SELECT m.period, m.gross_nano FROM month_gross m JOIN reservation r ON r.organization_id = m.organization_id AND r.period = m.period
        WHERE r.request_id = $1
        """;

    private const string CountChange = "UPDATE account SET version = version + 1 WHERE organization_id = $1";

    /// <summary>Changes of the account before this transaction.</summary>
    public long Version { get; private set; }

    /// <summary>Time of the database when it was read, in Unix milliseconds.</summary>
    public long ServerMs { get; private set; }

    /// <summary>What was found of the reservations asked for besides.</summary>
    public Dictionary<string, Reservation> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>Begins and reads. The connection is inside a transaction afterwards.</summary>
    public async ValueTask<AccountView> LoadAsync(CancellationToken cancellationToken)
    {
        AccountView? view = await TryLoadAsync(cancellationToken).ConfigureAwait(false);
        if (view is null)
        {
            await RunAsync([PostgresCommands.Of(AddAccount, query.OrganizationId, EntryHash.Origin.ToArray()), new("COMMIT")], cancellationToken)
                .ConfigureAwait(false);
            view = await TryLoadAsync(cancellationToken).ConfigureAwait(false);
        }

        if (view is null)
        {
            throw new StorageException($"account {query.OrganizationId}: its row vanished right after it was written");
        }

        return query.ForRebuild ? view with { Counted = await LoadCountedAsync(view.NowMs, cancellationToken).ConfigureAwait(false) } : view;
    }

    private async ValueTask<IReadOnlyList<Reservation>> LoadCountedAsync(long nowMs, CancellationToken cancellationToken)
    {
        NpgsqlBatch batch = new(connection);
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(PostgresCommands.Of(AccountSql.ReadCounted, query.OrganizationId, CountedSince.Ms(nowMs)));
            NpgsqlDataReader rows = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                List<Reservation> counted = [];
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    counted.Add(AccountRows.Reservation(rows));
                }

                return counted;
            }
        }
    }

    /// <summary>Writes and commits in one round trip. Not cancellable: the answer must be known.</summary>
    public ValueTask CommitAsync(IEnumerable<SqlWrite> writes) =>
        RunAsync(
            [.. writes.Select(PostgresCommands.Of), PostgresCommands.Of(CountChange, query.OrganizationId), new("COMMIT")], CancellationToken.None);

    /// <summary>Ends the transaction without writing.</summary>
    public ValueTask RollBackAsync() => RunAsync([new("ROLLBACK")], CancellationToken.None);

    private async ValueTask RunAsync(List<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        NpgsqlBatch batch = new(connection);
        await using (batch.ConfigureAwait(false))
        {
            commands.ForEach(batch.BatchCommands.Add);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<AccountView?> TryLoadAsync(CancellationToken cancellationToken)
    {
        NpgsqlBatch batch = new(connection);
        await using (batch.ConfigureAwait(false))
        {
            AddReads(batch);
            NpgsqlDataReader rows = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                return await ReadAsync(rows, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void AddReads(NpgsqlBatch batch)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        Add(AccountSql.ReadAccount + " FOR UPDATE", query.OrganizationId);
        Add(Now);
        Add(AccountSql.ReadBalances, query.OrganizationId);
        Add(query.ForRebuild ? AccountSql.ReadAllScopes : AccountSql.ReadTierScopes, query.OrganizationId);
        foreach (string scope in query.Scopes ?? [])
        {
            Add(AccountSql.ReadScope, query.OrganizationId, scope);
        }

        if (query.RequestId is string requestId)
        {
            Add(AccountSql.ReadReservation, requestId);
            Add(ReadGrossOfReservation, requestId);
        }

        if (query.IdempotencyKey is string key)
        {
            Add(AccountSql.ReadIdempotency, query.OrganizationId, key);
        }

        if (query.ReceiptNode is string node)
        {
            Add(ReceiptSql.ReadHead, query.OrganizationId, node);
        }

        if (query.ForRoot)
        {
            Add(ReceiptSql.ReadHeads, query.OrganizationId);
            Add(ReceiptSql.ReadLastRoot, query.OrganizationId);
            Add(ReceiptSql.ReadOrigin, query.OrganizationId);
        }

        if (also.Length > 0)
        {
            Add(AccountSql.ReadReservations, new object?[] { also });
        }

        void Add(string sql, params object?[] values) => batch.BatchCommands.Add(PostgresCommands.Of(sql, values));
    }

    private async ValueTask<AccountView?> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        if (!await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        Book book = Book.Empty(query.OrganizationId) with { Sequence = rows.GetInt64(0), Head = rows.GetFieldValue<byte[]>(1) };
        string epoch = rows.GetString(2);
        AccountTerms? terms = AccountRows.Terms(rows);
        Version = rows.GetInt64(8);
        await NextAsync().ConfigureAwait(false);
        await rows.ReadAsync(cancellationToken).ConfigureAwait(false);
        ServerMs = rows.GetInt64(0);
        long nowMs = testMs ?? ServerMs;
        await NextAsync().ConfigureAwait(false);
        AccountBalance[] balances = [.. book.Accounts];
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            balances[rows.GetInt32(0)] = AccountRows.Balance(rows);
        }

        Dictionary<string, Scope> scopes = new(StringComparer.Ordinal);
        for (int result = 0; result <= (query.Scopes?.Count ?? 0); result++)
        {
            await NextAsync().ConfigureAwait(false);
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                Scope scope = AccountRows.Scope(rows);
                scopes[scope.Name] = scope;
            }
        }

        AccountView view = new()
        {
            NowMs = nowMs,
            Book = book with { Accounts = [.. balances] },
            Terms = terms,
            Scopes = scopes,
            MonthGross = new Dictionary<int, Money>(),
            LimitsEpoch = epoch,
        };
        return await ReadNamedAsync(view, rows, cancellationToken).ConfigureAwait(false);

        Task<bool> NextAsync() => rows.NextResultAsync(cancellationToken);
    }

    /// <summary>Adds the reservation and the earlier operation that the query names.</summary>
    private async ValueTask<AccountView> ReadNamedAsync(AccountView view, NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        if (query.RequestId is not null)
        {
            await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
            bool found = await rows.ReadAsync(cancellationToken).ConfigureAwait(false);
            view = view with { Reservation = found ? AccountRows.Reservation(rows) : null };
            await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
            if (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                view = view with { MonthGross = new Dictionary<int, Money> { [rows.GetInt32(0)] = new Money(rows.GetInt64(1)) } };
            }
        }

        if (query.IdempotencyKey is not null)
        {
            await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
            bool found = await rows.ReadAsync(cancellationToken).ConfigureAwait(false);
            view = view with { Idempotency = found ? AccountRows.Idempotency(rows) : null };
        }

        return await ReadReceiptsAsync(view, rows, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds the heads of receipts and roots that the query names.</summary>
    private async ValueTask<AccountView> ReadReceiptsAsync(AccountView view, NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        if (query.ReceiptNode is not null)
        {
            view = view with { Receipts = (await NextListAsync(rows, ReceiptRows.Head, cancellationToken).ConfigureAwait(false)).SingleOrDefault() };
        }

        view = query.ForRoot
            ? view with
            {
                Roots = new RootBasis(
                    await NextListAsync(rows, ReceiptRows.Head, cancellationToken).ConfigureAwait(false),
                    (await NextListAsync(rows, ReceiptRows.Root, cancellationToken).ConfigureAwait(false)).SingleOrDefault(),
                    (await NextListAsync(rows, row => row.GetInt64(0), cancellationToken).ConfigureAwait(false)).SingleOrDefault()),
            }
            : view;
        if (also.Length > 0)
        {
            (await NextListAsync(rows, AccountRows.Reservation, cancellationToken).ConfigureAwait(false)).ForEach(found => Others[found.RequestId] = found);
        }

        return view;
    }

    private static async ValueTask<List<T>> NextListAsync<T>(
        NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await rows.NextResultAsync(cancellationToken).ConfigureAwait(false);
        List<T> list = [];
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            list.Add(read(rows));
        }

        return list;
    }
}
