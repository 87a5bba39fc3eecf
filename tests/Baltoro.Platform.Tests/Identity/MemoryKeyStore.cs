using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Tests.Identity;

/// <summary>A store in memory that counts look-ups.</summary>
internal sealed class MemoryKeyStore : IKeyStore
{
    private readonly List<ApiKey> _keys = [];

    public int Lookups { get; private set; }

    public ValueTask AddAsync(ApiKey key, CancellationToken cancellationToken)
    {
        _keys.Add(key);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_keys.Count > 0);

    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_keys.Find(key => key.Id == id));

    public ValueTask<ApiKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        Lookups++;
        return ValueTask.FromResult(_keys.Find(key => key.Hash.Span.SequenceEqual(hash.Span)));
    }

    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ApiKey>>([.. _keys]);

    public ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, CancellationToken cancellationToken) =>
        Replace(key => key.Id == id, key => key with { RevokedAt = key.RevokedAt ?? revokedAt });

    public ValueTask<bool> TryReplaceSecretAsync(ApiKey rotated, ReadOnlyMemory<byte> expectedHash, CancellationToken cancellationToken) =>
        Replace(key => key.Id == rotated.Id && key.IsActive && key.Hash.Span.SequenceEqual(expectedHash.Span), _ => rotated);

    private ValueTask<bool> Replace(Predicate<ApiKey> match, Func<ApiKey, ApiKey> change)
    {
        int index = _keys.FindIndex(match);
        if (index >= 0)
        {
            _keys[index] = change(_keys[index]);
        }

        return ValueTask.FromResult(index >= 0);
    }
}
