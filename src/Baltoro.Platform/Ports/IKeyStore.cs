using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Ports;

/// <summary>
/// Where keys live. Each change is written together with its audit event, both or neither. Safe for concurrent use, also
/// from several processes.
/// </summary>
public interface IKeyStore
{
    /// <summary>Adds a key and, when missing, its organization.</summary>
    ValueTask AddAsync(ApiKey key, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>
    /// Adds a key only when this was never asked before and its organization never had one (admin keys aside); of several processes
    /// that try at once one succeeds.
    /// </summary>
    ValueTask<bool> TryAddFirstAsync(ApiKey key, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Whether there is any key, revoked ones included.</summary>
    ValueTask<bool> AnyAsync(CancellationToken cancellationToken);

    /// <summary>The key of this id, or null.</summary>
    ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The key whose hash, or whose hash before the last rotation, this is; or null. One look-up on the way of every request.</summary>
    ValueTask<HeldKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);

    /// <summary>Keys in the order of their creation.</summary>
    ValueTask<IReadOnlyList<ApiKey>> ListAsync(KeyQuery query, CancellationToken cancellationToken);

    /// <summary>Marks a key revoked; keeps the first moment, and writes the event only then. False when there is no such key.</summary>
    ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>
    /// Stores both hashes, hint and moments of <paramref name="rotated"/> if the key is active and still has
    /// <paramref name="expectedHash"/>.
    /// </summary>
    ValueTask<bool> TryReplaceSecretAsync(
        ApiKey rotated, ReadOnlyMemory<byte> expectedHash, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>
    /// Stores name, tier, project, scopes, models, networks and expiry of <paramref name="changed"/> if the stored version is
    /// still its version, which then grows by one.
    /// </summary>
    ValueTask<ChangeCode> TryUpdateAsync(ApiKey changed, AuditEvent audit, CancellationToken cancellationToken);

    /// <summary>Moves the moments of last use forward; never back. Not audited.</summary>
    ValueTask TouchAsync(IReadOnlyList<KeyUse> uses, CancellationToken cancellationToken);
}
