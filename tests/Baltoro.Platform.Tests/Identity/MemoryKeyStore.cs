using Baltoro.Platform.Audit;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Tests.Identity;

/// <summary>A store in memory that counts look-ups and keeps what was audited.</summary>
internal sealed class MemoryKeyStore : IKeyStore
{
    private readonly List<ApiKey> _keys = [];

    public int Lookups { get; private set; }

    public List<AuditEvent> Audited { get; } = [];

    public List<KeyUse> Uses { get; } = [];

    /// <summary>Thrown by the next write of uses.</summary>
    public Exception? TouchFault { get; set; }

    /// <summary>Role of every member, or null when members are gone.</summary>
    public Role? MemberRole { get; set; }

    public bool ProjectsAreArchived { get; set; }

    public ValueTask AddAsync(ApiKey key, AuditEvent audit, CancellationToken cancellationToken)
    {
        _keys.Add(key);
        Audited.Add(audit);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryAddFirstAsync(ApiKey key, AuditEvent audit, CancellationToken cancellationToken)
    {
        bool isFirst = !_keys.Exists(known => known.OrganizationId == key.OrganizationId && known.Kind == KeyKind.Api);
        if (isFirst)
        {
            _keys.Add(key);
            Audited.Add(audit);
        }

        return ValueTask.FromResult(isFirst);
    }

    public ValueTask<bool> AnyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_keys.Count > 0);

    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_keys.Find(key => key.Id == id));

    public ValueTask<HeldKey?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        Lookups++;
        ApiKey? key = _keys.Find(key => key.Hash.Span.SequenceEqual(hash.Span) || key.PreviousHash.Span.SequenceEqual(hash.Span));
        return ValueTask.FromResult(key is null ? null : new HeldKey(key, MemberRole, ProjectsAreArchived && key.ProjectId.Length > 0));
    }

    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(KeyQuery query, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ApiKey>>([.. _keys]);

    public ValueTask<bool> TryRevokeAsync(string id, DateTimeOffset revokedAt, AuditEvent audit, CancellationToken cancellationToken) =>
        Replace(key => key.Id == id, key => key with { RevokedAt = key.RevokedAt ?? revokedAt }, audit);

    public ValueTask<bool> TryReplaceSecretAsync(
        ApiKey rotated, ReadOnlyMemory<byte> expectedHash, AuditEvent audit, CancellationToken cancellationToken) =>
        Replace(key => key.Id == rotated.Id && key.IsActive && key.Hash.Span.SequenceEqual(expectedHash.Span), _ => rotated, audit);

    public async ValueTask<ChangeCode> TryUpdateAsync(ApiKey changed, AuditEvent audit, CancellationToken cancellationToken) =>
        await Replace(
            key => key.Id == changed.Id && key.Version == changed.Version && key.IsActive,
            _ => changed with { Version = changed.Version + 1 },
            audit)
            ? ChangeCode.Done
            : _keys.Exists(key => key.Id == changed.Id) ? ChangeCode.Conflict : ChangeCode.Missing;

    public ValueTask TouchAsync(IReadOnlyList<KeyUse> uses, CancellationToken cancellationToken)
    {
        if (TouchFault is Exception fault)
        {
            TouchFault = null;
            throw fault;
        }

        Uses.AddRange(uses);
        return ValueTask.CompletedTask;
    }

    private ValueTask<bool> Replace(Predicate<ApiKey> match, Func<ApiKey, ApiKey> change, AuditEvent audit)
    {
        int index = _keys.FindIndex(match);
        if (index >= 0)
        {
            _keys[index] = change(_keys[index]);
            Audited.Add(audit);
        }

        return ValueTask.FromResult(index >= 0);
    }
}
