using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Storage.Postgres;
using Baltoro.Storage.Sqlite;

namespace Baltoro.Storage.Sql;

/// <summary>Keys in SQLite or PostgreSQL. Safe from any thread and beside other processes.</summary>
public sealed class SqlKeyStore : IKeyStore
{
    private const string PepperSetting = "key-pepper-fingerprint";
    private const string FirstKeySetting = "first-key";
    private readonly ISqlSource _source;
    private readonly SqlRunner _runner;

    private SqlKeyStore(ISqlSource source)
    {
        _source = source;
        _runner = new SqlRunner(source);
    }

    public static SqlKeyStore Over(SqliteDatabase database) => new(new SqliteSource(database));

    public static SqlKeyStore Over(PostgresDatabase database) => new(new PostgresSource(database));

    /// <summary>Binds the database to the pepper its hashes are made with, or checks that it is the same one.</summary>
    /// <exception cref="StorageException">The database was filled under another pepper: no key would be recognized.</exception>
    public async ValueTask BindPepperAsync(KeyPepper pepper, string pepperPath, CancellationToken cancellationToken)
    {
        byte[]? stored = await _runner.TransactAsync<byte[]?>(
            async work =>
            {
                await work.WriteAsync(IdentitySql.BindSetting, PepperSetting, pepper.Fingerprint()).ConfigureAwait(false);
                return (await work.SingleAsync(
                    IdentitySql.ReadSetting, row => row.GetFieldValue<byte[]>(0), PepperSetting).ConfigureAwait(false), true);
            },
            cancellationToken).ConfigureAwait(false);
        if (stored is null || !stored.AsSpan().SequenceEqual(pepper.Fingerprint()))
        {
            throw new StorageException(
                $"pepper file {pepperPath} does not belong to database {_source.Name}: restore the pepper file from the same backup");
        }
    }

    /// <inheritdoc/>
    public async ValueTask AddAsync(ApiKey key, AuditEvent audit, CancellationToken cancellationToken) =>
        await _runner.TransactAsync(
            async work =>
            {
                await AddAsync(work, key, audit).ConfigureAwait(false);
                return (true, true);
            },
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> TryAddFirstAsync(ApiKey key, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work =>
            {
                // The setting's row is what two processes that start at once meet at.
                int mine = await work.WriteAsync(IdentitySql.BindSetting, FirstKeySetting, Array.Empty<byte>()).ConfigureAwait(false);
                if (mine == 0 || await work.CountAsync(IdentitySql.AnyKeyOf, key.OrganizationId).ConfigureAwait(false) > 0)
                {
                    return (false, true);
                }

                await AddAsync(work, key, audit).ConfigureAwait(false);
                return (true, true);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> AnyAsync(CancellationToken cancellationToken) =>
        (await _runner.ListAsync(IdentitySql.AnyKey, row => row.GetInt64(0), cancellationToken).ConfigureAwait(false))[0] > 0;

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        _runner.SingleAsync(IdentitySql.ReadKey, IdentityRows.Key, cancellationToken, id);

    /// <inheritdoc/>
    public ValueTask<HeldKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        _runner.SingleAsync(IdentitySql.ReadKeyByHash, IdentityRows.Held, cancellationToken, hash.ToArray());

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(KeyQuery query, CancellationToken cancellationToken)
    {
        List<object?> values = [(long)query.Limit];
        List<string> conditions = [];
        Where("organization_id = {0}", query.OrganizationId);
        Where("project_id = {0}", query.ProjectId);
        Where("member_id = {0}", query.MemberId);
        Where("(created_at, id) > (SELECT created_at, id FROM api_key WHERE id = {0})", query.AfterId);
        string where = conditions.Count == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}";
        return _runner.ListAsync(
            $"SELECT {IdentitySql.KeyColumns} FROM api_key{where} ORDER BY created_at, id LIMIT $1", IdentityRows.Key, cancellationToken, [.. values]);

        void Where(string condition, string? value)
        {
            if (value is not null)
            {
                values.Add(value);
                conditions.Add(condition.Replace("{0}", $"${values.Count}", StringComparison.Ordinal));
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work =>
            {
                if (await work.WriteAsync(IdentitySql.RevokeKey, id, IdentityRows.Ms(revokedAt)).ConfigureAwait(false) == 1)
                {
                    await work.WriteAsync(AccountWrites.AuditWrite(audit)).ConfigureAwait(false);
                    return (true, true);
                }

                return (await work.SingleAsync(IdentitySql.ReadKey, IdentityRows.Key, id).ConfigureAwait(false) is not null, false);
            },
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceSecretAsync(
        ApiKey rotated, ReadOnlyMemory<byte> expectedHash, AuditEvent audit, CancellationToken cancellationToken) =>
        ChangeAsync(
            new SqlWrite(IdentitySql.ReplaceSecret,
            [
                rotated.Id, expectedHash.ToArray(), rotated.Hash.ToArray(), IdentityRows.Hash(rotated.PreviousHash),
                IdentityRows.Ms(rotated.PreviousUntil), rotated.Hint, IdentityRows.Ms(rotated.RotatedAt),
            ]),
            audit,
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ChangeCode> TryUpdateAsync(ApiKey changed, AuditEvent audit, CancellationToken cancellationToken)
    {
        SqlWrite update = new(
            IdentitySql.UpdateKey,
            [
                changed.Id, changed.Version, changed.Name, changed.Tier, changed.ProjectId, (long)changed.Scopes,
                IdentityRows.Text(changed.Models), IdentityRows.Text(changed.Networks.Texts), IdentityRows.Ms(changed.ExpiresAt),
            ]);
        if (await ChangeAsync(update, audit, cancellationToken).ConfigureAwait(false))
        {
            return ChangeCode.Done;
        }

        return await FindAsync(changed.Id, cancellationToken).ConfigureAwait(false) is null ? ChangeCode.Missing : ChangeCode.Conflict;
    }

    /// <inheritdoc/>
    public async ValueTask TouchAsync(IReadOnlyList<KeyUse> uses, CancellationToken cancellationToken)
    {
        if (uses.Count == 0)
        {
            return;
        }

        // In one order everywhere, so that two nodes never wait for each other in a circle.
        await _runner.TransactAsync(
            async work =>
            {
                foreach (KeyUse use in uses.OrderBy(use => use.KeyId, StringComparer.Ordinal))
                {
                    await work.WriteAsync(IdentitySql.TouchKey, use.KeyId, use.AtMs).ConfigureAwait(false);
                }

                return (true, true);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<bool> ChangeAsync(SqlWrite write, AuditEvent audit, CancellationToken cancellationToken) =>
        _runner.TransactAsync(
            async work =>
            {
                bool isDone = await work.WriteAsync(write).ConfigureAwait(false) == 1;
                if (isDone)
                {
                    await work.WriteAsync(AccountWrites.AuditWrite(audit)).ConfigureAwait(false);
                }

                return (isDone, isDone);
            },
            cancellationToken);

    private static async ValueTask AddAsync(SqlWork work, ApiKey key, AuditEvent audit)
    {
        int isNew = await work.WriteAsync(
            IdentitySql.AddOrganization, key.OrganizationId, key.OrganizationId, IdentityRows.Ms(key.CreatedAt)).ConfigureAwait(false);
        if (isNew == 1)
        {
            AuditEvent made = audit with
            {
                Id = $"{audit.Id}-organization",
                Action = "organization.created",
                Subject = key.OrganizationId,
                Detail = AuditDetail.Created(("name", key.OrganizationId)),
            };
            await work.WriteAsync(AccountWrites.AuditWrite(made)).ConfigureAwait(false);
        }

        await work.WriteAsync(IdentitySql.AddKey, IdentityRows.Values(key)).ConfigureAwait(false);
        await work.WriteAsync(AccountWrites.AuditWrite(audit)).ConfigureAwait(false);
    }
}
