using System.Collections.Concurrent;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Identity;

/// <summary>
/// Gathers when keys were used, so that a request pays for a dictionary and not for a write. What has gathered is written by
/// <see cref="FlushAsync"/>; a crash loses at most what came since. Safe for concurrent use.
/// </summary>
internal sealed class KeyUses(IKeyStore store, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, long> _waiting = new(StringComparer.Ordinal);

    public void Add(string keyId, DateTimeOffset at) => _waiting[keyId] = at.ToUnixTimeMilliseconds();

    /// <summary>Writes what has gathered; what cannot be written waits for the next time.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        List<KeyUse> uses = [];
        foreach (string keyId in _waiting.Keys)
        {
            if (_waiting.TryRemove(keyId, out long atMs))
            {
                uses.Add(new KeyUse(keyId, Math.Min(atMs, clock.GetUtcNow().ToUnixTimeMilliseconds())));
            }
        }

        try
        {
            await store.TouchAsync(uses, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            uses.ForEach(use => _waiting.TryAdd(use.KeyId, use.AtMs));
            throw;
        }
    }
}
