using Baltoro.Platform.Identity;

namespace Baltoro.Platform.Ports;

/// <summary>Where keys live. Safe for concurrent use, also from several processes.</summary>
public interface IKeyStore
{
    /// <summary>Adds a key and, when missing, its organization, in one step.</summary>
    ValueTask AddAsync(ApiKey key, CancellationToken cancellationToken);

    /// <summary>Whether there is any key, revoked ones included.</summary>
    ValueTask<bool> AnyAsync(CancellationToken cancellationToken);

    /// <summary>The key of this id, or null.</summary>
    ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The key of this hash, or null.</summary>
    ValueTask<ApiKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);

    /// <summary>All keys, oldest first.</summary>
    ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Marks a key revoked; keeps the first moment. False when there is no such key.</summary>
    ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken);

    /// <summary>
    /// Stores hash, hint and moment of <paramref name="rotated"/> if the key is active and still has
    /// <paramref name="expectedHash"/>.
    /// </summary>
    ValueTask<bool> TryReplaceSecretAsync(ApiKey rotated, ReadOnlyMemory<byte> expectedHash, CancellationToken cancellationToken);
}
