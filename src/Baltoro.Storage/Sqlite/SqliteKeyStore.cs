using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Microsoft.Data.Sqlite;

namespace Baltoro.Storage.Sqlite;

/// <summary>
/// Keys in SQLite. Every operation is one statement or one transaction on a connection of its own, so it is safe from
/// any thread and beside other processes. SQLite works synchronously; the longest wait is the busy timeout.
/// </summary>
public sealed class SqliteKeyStore(SqliteDatabase database) : IKeyStore
{
    private const string PepperSetting = "key-pepper-fingerprint";
    private const string Columns = "id, name, organization_id, tier, hash, hint, created_at, rotated_at, revoked_at";

    /// <summary>Binds the database to the pepper its hashes are made with, or checks that it is the same one.</summary>
    /// <exception cref="StorageException">The database was filled under another pepper: no key would be recognized.</exception>
    public void BindPepper(KeyPepper pepper, string pepperPath)
    {
        using SqliteConnection connection = database.Connect();
        using SqliteCommand bind = Command(connection, "INSERT INTO setting (name, value) VALUES ($name, $value) ON CONFLICT DO NOTHING");
        bind.Parameters.AddWithValue("$name", PepperSetting);
        bind.Parameters.AddWithValue("$value", pepper.Fingerprint());
        bind.ExecuteNonQuery();
        using SqliteCommand read = Command(connection, "SELECT value FROM setting WHERE name = $name");
        read.Parameters.AddWithValue("$name", PepperSetting);
        if (read.ExecuteScalar() is not byte[] stored || !stored.AsSpan().SequenceEqual(pepper.Fingerprint()))
        {
            throw new StorageException(
                $"pepper file {pepperPath} does not belong to database {database.Path}: restore the pepper file from the same backup");
        }
    }

    /// <inheritdoc/>
    public ValueTask AddAsync(ApiKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        using SqliteCommand organization = Command(
            connection, "INSERT INTO organization (id, name, created_at) VALUES ($id, $id, $at) ON CONFLICT DO NOTHING");
        organization.Transaction = transaction;
        organization.Parameters.AddWithValue("$id", key.OrganizationId);
        organization.Parameters.AddWithValue("$at", key.CreatedAt.ToUnixTimeMilliseconds());
        organization.ExecuteNonQuery();
        using SqliteCommand insert = Command(
            connection,
            $"INSERT INTO api_key ({Columns}) VALUES ($id, $name, $organization, $tier, $hash, $hint, $created, $rotated, $revoked)");
        insert.Transaction = transaction;
        insert.Parameters.AddWithValue("$id", key.Id);
        insert.Parameters.AddWithValue("$name", key.Name);
        insert.Parameters.AddWithValue("$organization", key.OrganizationId);
        insert.Parameters.AddWithValue("$tier", key.Tier);
        insert.Parameters.AddWithValue("$hash", key.Hash.ToArray());
        insert.Parameters.AddWithValue("$hint", key.Hint);
        insert.Parameters.AddWithValue("$created", key.CreatedAt.ToUnixTimeMilliseconds());
        insert.Parameters.AddWithValue("$rotated", (object?)key.RotatedAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);
        insert.Parameters.AddWithValue("$revoked", (object?)key.RevokedAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);
        insert.ExecuteNonQuery();
        transaction.Commit();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, "SELECT EXISTS (SELECT 1 FROM api_key)");
        return ValueTask.FromResult(command.ExecuteScalar() is 1L);
    }

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        Single("id = $value", id, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ApiKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken) =>
        Single("hash = $value", hash.ToArray(), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, $"SELECT {Columns} FROM api_key ORDER BY created_at, rowid");
        using SqliteDataReader reader = command.ExecuteReader();
        List<ApiKey> keys = [];
        while (reader.Read())
        {
            keys.Add(ReadKey(reader));
        }

        return ValueTask.FromResult<IReadOnlyList<ApiKey>>(keys);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(
            connection, "UPDATE api_key SET revoked_at = coalesce(revoked_at, $at) WHERE id = $id");
        command.Parameters.AddWithValue("$at", revokedAt.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$id", id);
        return ValueTask.FromResult(command.ExecuteNonQuery() == 1);
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryReplaceSecretAsync(
        ApiKey rotated, ReadOnlyMemory<byte> expectedHash, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(
            connection,
            "UPDATE api_key SET hash = $hash, hint = $hint, rotated_at = $at WHERE id = $id AND hash = $expected AND revoked_at IS NULL");
        command.Parameters.AddWithValue("$hash", rotated.Hash.ToArray());
        command.Parameters.AddWithValue("$hint", rotated.Hint);
        command.Parameters.AddWithValue("$at", (object?)rotated.RotatedAt?.ToUnixTimeMilliseconds() ?? DBNull.Value);
        command.Parameters.AddWithValue("$id", rotated.Id);
        command.Parameters.AddWithValue("$expected", expectedHash.ToArray());
        return ValueTask.FromResult(command.ExecuteNonQuery() == 1);
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static ApiKey ReadKey(SqliteDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Name = reader.GetString(1),
        OrganizationId = reader.GetString(2),
        Tier = reader.GetString(3),
        Hash = reader.GetFieldValue<byte[]>(4),
        Hint = reader.GetString(5),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
        RotatedAt = reader.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(7)),
        RevokedAt = reader.IsDBNull(8) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8)),
    };

    private ValueTask<ApiKey?> Single(string condition, object value, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using SqliteConnection connection = database.Connect();
        using SqliteCommand command = Command(connection, $"SELECT {Columns} FROM api_key WHERE {condition}");
        command.Parameters.AddWithValue("$value", value);
        using SqliteDataReader reader = command.ExecuteReader();
        return ValueTask.FromResult(reader.Read() ? ReadKey(reader) : null);
    }
}
