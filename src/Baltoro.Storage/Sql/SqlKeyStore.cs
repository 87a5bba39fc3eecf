using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;

namespace Baltoro.Storage.Sql;

/// <summary>Keys in either database. Every operation is one statement or one transaction.</summary>
internal sealed class SqlKeyStore(ISqlRunner runner) : IKeyStore
{
    private const string PepperSetting = "key-pepper-fingerprint";

    /// <summary>Binds the database to the pepper its hashes are made with, or checks that it is the same one.</summary>
    /// <exception cref="StorageException">The database was filled under another pepper: no key would be recognized.</exception>
    public void BindPepper(KeyPepper pepper, string pepperPath)
    {
        SqlWrite bind = new("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", [PepperSetting, pepper.Fingerprint()]);
        // At start there is no thread pool to starve and nothing else to do.
        runner.WriteAsync([bind], CancellationToken.None).AsTask().GetAwaiter().GetResult();
        IReadOnlyList<byte[]> stored = runner.ListAsync(
            "SELECT value FROM setting WHERE name = $1", row => row.GetFieldValue<byte[]>(0), CancellationToken.None, PepperSetting)
            .AsTask().GetAwaiter().GetResult();
        if (stored is not [byte[] fingerprint] || !fingerprint.AsSpan().SequenceEqual(pepper.Fingerprint()))
        {
            throw new StorageException(
                $"pepper file {pepperPath} does not belong to database {runner.Where}: use the pepper file of the server that made it");
        }
    }

    /// <inheritdoc/>
    public async ValueTask AddAsync(ApiKey key, CancellationToken cancellationToken) => await runner.WriteAsync(
        [
            new SqlWrite(
                "INSERT INTO organization (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                [key.OrganizationId, key.OrganizationId, key.CreatedAt.ToUnixTimeMilliseconds()]),
            KeyRows.Insert(key),
        ],
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> AnyAsync(CancellationToken cancellationToken) =>
        (await runner.ListAsync("SELECT 1 FROM api_key LIMIT 1", _ => true, cancellationToken).ConfigureAwait(false)).Count > 0;

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => SingleAsync("id", id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        SingleAsync("hash", hash.ToArray(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        runner.ListAsync($"SELECT {KeyRows.Columns} FROM api_key ORDER BY created_at, id", KeyRows.Read, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken) =>
        await OneAsync(
            new SqlWrite(
                "UPDATE api_key SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1", [id, revokedAt.ToUnixTimeMilliseconds()]),
            cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<bool> TryReplaceSecretAsync(
        ApiKey rotated, ReadOnlyMemory<byte> expectedHash, CancellationToken cancellationToken) => await OneAsync(
        new SqlWrite(
            "UPDATE api_key SET hash = $2, hint = $3, rotated_at = $4 WHERE id = $1 AND hash = $5 AND revoked_at IS NULL",
            [rotated.Id, rotated.Hash.ToArray(), rotated.Hint, rotated.RotatedAt?.ToUnixTimeMilliseconds(), expectedHash.ToArray()]),
        cancellationToken).ConfigureAwait(false);

    private async ValueTask<bool> OneAsync(SqlWrite write, CancellationToken cancellationToken) =>
        (await runner.WriteAsync([write], cancellationToken).ConfigureAwait(false))[0] == 1;

    private async ValueTask<ApiKey?> SingleAsync(string column, object value, CancellationToken cancellationToken) =>
        (await runner.ListAsync(
            $"SELECT {KeyRows.Columns} FROM api_key WHERE {column} = $1", KeyRows.Read, cancellationToken, value).ConfigureAwait(false))
            .SingleOrDefault();
}
