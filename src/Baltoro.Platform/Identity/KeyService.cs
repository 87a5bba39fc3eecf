using System.Globalization;
using System.Security.Cryptography;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Identity;

/// <summary>
/// Creates, lists, changes, revokes, rotates and checks keys. Every change is audited with it. Safe for concurrent use when its
/// store is.
/// </summary>
public sealed class KeyService(IKeyStore store, KeyPepper pepper, TimeProvider clock, TierTable? tierTable = null)
{
    /// <summary>Longest time a replaced key may go on beside its successor.</summary>
    public static readonly TimeSpan MostGrace = TimeSpan.FromDays(30);

    private const int IdBytes = 8;
    private readonly TierTable _tiers = tierTable ?? TierTable.Shipped();
    private readonly KeyUses _uses = new(store, clock);

    /// <summary>Issues a key; creates its organization when there is none of that id.</summary>
    public ValueTask<KeyResult> CreateAsync(KeyRequest request, CancellationToken cancellationToken) =>
        CreateAsync(request, Actor.CommandLine, cancellationToken);

    /// <summary>Issues a key; creates its organization when there is none of that id.</summary>
    public async ValueTask<KeyResult> CreateAsync(KeyRequest request, Actor actor, CancellationToken cancellationToken)
    {
        IssuedKey issued = Describe(request);
        if (KeyRules.Refuse(issued.Key, _tiers, clock.GetUtcNow()) is (KeyProblem problem, string message))
        {
            return KeyResult.Refused(problem, message);
        }

        await store.AddAsync(issued.Key, Audit(actor, "key.created", issued.Key, AuditDetail.Created(KeyFields.Of(issued.Key))), cancellationToken)
            .ConfigureAwait(false);
        return KeyResult.Of(issued);
    }

    /// <summary>Issues an installation's first key, once, and only when its organization never had one (admin keys aside); else null. Of several processes one gets it.</summary>
    public async ValueTask<IssuedKey?> CreateFirstAsync(KeyRequest request, CancellationToken cancellationToken)
    {
        IssuedKey issued = Describe(request);
        if (KeyRules.Refuse(issued.Key, _tiers, clock.GetUtcNow()) is (_, string message))
        {
            throw new InvalidOperationException(message);
        }

        AuditEvent audit = Audit(Actor.CommandLine, "key.created", issued.Key, AuditDetail.Created(KeyFields.Of(issued.Key)));
        return await store.TryAddFirstAsync(issued.Key, audit, cancellationToken).ConfigureAwait(false) ? issued : null;
    }

    /// <summary>All keys, oldest first, revoked ones included.</summary>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) => ListAsync(new KeyQuery(), cancellationToken);

    /// <summary>Keys of a query, oldest first, revoked ones included.</summary>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(KeyQuery query, CancellationToken cancellationToken) =>
        store.ListAsync(query, cancellationToken);

    /// <summary>The key of an id, or null.</summary>
    public ValueTask<ApiKey?> FindAsync(string id, CancellationToken cancellationToken) => store.FindAsync(id, cancellationToken);

    /// <summary>
    /// Stores a changed key: name, tier, project, scopes, models, networks, expiry. Its version must be the one that
    /// <paramref name="before"/> was read with.
    /// </summary>
    public async ValueTask<(KeyProblem Problem, string Message)> UpdateAsync(
        ApiKey before, ApiKey after, Actor actor, CancellationToken cancellationToken)
    {
        // An expiry that has passed may stay as it is while something else changes.
        ApiKey judged = after.ExpiresAt == before.ExpiresAt ? after with { ExpiresAt = null } : after;
        if (KeyRules.Refuse(judged, _tiers, clock.GetUtcNow()) is (KeyProblem, string) refusal)
        {
            return refusal;
        }

        AuditEvent audit = Audit(actor, "key.changed", after, AuditDetail.Changed(KeyFields.Of(before), KeyFields.Of(after)));
        return await store.TryUpdateAsync(after, audit, cancellationToken).ConfigureAwait(false) switch
        {
            ChangeCode.Done => (KeyProblem.None, ""),
            ChangeCode.Missing => (KeyProblem.UnknownKey, $"no key has the id '{after.Id}'"),
            _ when !before.IsActive => (KeyProblem.Revoked, $"key '{after.Id}' is revoked and cannot be changed"),
            _ => (KeyProblem.Conflict, Changed(after.Id)),
        };
    }

    /// <summary>Ends a key at once. Revoking a revoked key changes nothing and succeeds.</summary>
    public ValueTask<KeyProblem> RevokeAsync(string id, CancellationToken cancellationToken) =>
        RevokeAsync(id, Actor.CommandLine, cancellationToken);

    /// <summary>Ends a key at once. Revoking a revoked key changes nothing and succeeds.</summary>
    public async ValueTask<KeyProblem> RevokeAsync(string id, Actor actor, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not ApiKey key)
        {
            return KeyProblem.UnknownKey;
        }

        AuditEvent audit = Audit(actor, "key.revoked", key, AuditDetail.Removed(("name", key.Name), ("hint", key.Hint)));
        return await store.TryRevokeAsync(id, clock.GetUtcNow(), audit, cancellationToken).ConfigureAwait(false)
            ? KeyProblem.None
            : KeyProblem.UnknownKey;
    }

    /// <summary>Gives the key a new secret under the same id; the old one is refused from this moment.</summary>
    public ValueTask<KeyResult> RotateAsync(string id, CancellationToken cancellationToken) =>
        RotateAsync(id, TimeSpan.Zero, Actor.CommandLine, cancellationToken);

    /// <summary>
    /// Gives the key a new secret under the same id. The old one goes on for <paramref name="grace"/>; one that was in its
    /// own grace period until now ends. Of two rotations at the same moment one wins and the other is told.
    /// </summary>
    public async ValueTask<KeyResult> RotateAsync(string id, TimeSpan grace, Actor actor, CancellationToken cancellationToken)
    {
        if (grace < TimeSpan.Zero || grace > MostGrace)
        {
            return KeyResult.Refused(KeyProblem.BadGrace, string.Create(
                CultureInfo.InvariantCulture, $"grace must be from 0 to {MostGrace.TotalSeconds:0} seconds, found {grace.TotalSeconds:0}"));
        }

        if (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not ApiKey key)
        {
            return KeyResult.Refused(KeyProblem.UnknownKey, $"no key has the id '{id}'");
        }

        if (!key.IsActive)
        {
            return KeyResult.Refused(KeyProblem.Revoked, $"key '{id}' is revoked and cannot be rotated");
        }

        DateTimeOffset now = clock.GetUtcNow();
        string text = ApiKeyText.Create(key.Kind);
        ApiKey rotated = key with
        {
            Hash = pepper.Hash(text),
            PreviousHash = key.Hash,
            PreviousUntil = now + grace,
            Hint = ApiKeyText.HintOf(text),
            RotatedAt = now,
            Version = key.Version + 1,
        };
        AuditEvent audit = Audit(actor, "key.rotated", rotated, AuditDetail.Changed(KeyFields.Of(key), KeyFields.Of(rotated)));
        bool isReplaced = await store.TryReplaceSecretAsync(rotated, key.Hash, audit, cancellationToken).ConfigureAwait(false);
        return isReplaced
            ? KeyResult.Of(new IssuedKey(rotated, text))
            : KeyResult.Refused(KeyProblem.Conflict, Changed(id));
    }

    /// <summary>Who holds this key; null when it is not accepted for any reason.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string text, CancellationToken cancellationToken) =>
        (await CheckAsync(text, cancellationToken).ConfigureAwait(false)).Caller;

    /// <summary>Who holds this key, or why it is not accepted. Junk never reaches the store.</summary>
    public async ValueTask<KeyCheck> CheckAsync(string text, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsWellFormed(text))
        {
            return new KeyCheck(null, KeyRefusal.Invalid);
        }

        byte[] hash = pepper.Hash(text);
        if (await store.FindByHashAsync(hash, cancellationToken).ConfigureAwait(false) is not HeldKey held)
        {
            return new KeyCheck(null, KeyRefusal.Invalid);
        }

        DateTimeOffset now = clock.GetUtcNow();
        if (RefusalOf(held, hash, now) is var refusal and not KeyRefusal.None)
        {
            return new KeyCheck(null, refusal);
        }

        _uses.Add(held.Key.Id, now);
        return new KeyCheck(CallerOf(held), KeyRefusal.None);
    }

    /// <summary>Writes the moments of last use that have gathered; call it from time to time and at the end.</summary>
    public ValueTask FlushUsesAsync(CancellationToken cancellationToken) => _uses.FlushAsync(cancellationToken);

    private static KeyRefusal RefusalOf(HeldKey held, byte[] hash, DateTimeOffset now)
    {
        ApiKey key = held.Key;
        bool isCurrent = CryptographicOperations.FixedTimeEquals(key.Hash.Span, hash);
        return key switch
        {
            { IsActive: false } => KeyRefusal.Revoked,
            { ExpiresAt: { } end } when end <= now => KeyRefusal.Expired,
            { PreviousUntil: var until } when !isCurrent && !(until > now) => KeyRefusal.Replaced,
            { MemberId.Length: > 0 } when held.MemberRole is null => KeyRefusal.MemberGone,
            _ when held.IsProjectArchived => KeyRefusal.ProjectArchived,
            _ => KeyRefusal.None,
        };
    }

    private static Caller CallerOf(HeldKey held) => new(held.Key.Id, held.Key.OrganizationId, held.Key.Tier)
    {
        ProjectId = held.Key.ProjectId,
        MemberId = held.Key.MemberId,
        MemberRole = held.MemberRole,
        Scopes = held.Key.Scopes,
        Role = held.Key.Kind == KeyKind.Admin ? held.MemberRole ?? held.Key.Role : Role.None,
        Models = held.Key.Models,
        Networks = held.Key.Networks,
        ExpiresAt = held.Key.ExpiresAt,
    };

    private IssuedKey Describe(KeyRequest request)
    {
        string text = ApiKeyText.Create(request.Kind);
        ApiKey key = new()
        {
            Id = $"ak-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}",
            Name = request.Name,
            OrganizationId = request.OrganizationId,
            ProjectId = request.ProjectId,
            MemberId = request.MemberId,
            Kind = request.Kind,
            Tier = request.Tier,
            Scopes = request.Scopes ?? KeyScopeNames.DefaultOf(request.Kind),
            Role = request.Role,
            Models = request.Models,
            Networks = request.Networks,
            Hash = pepper.Hash(text),
            Hint = ApiKeyText.HintOf(text),
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = request.ExpiresAt,
        };
        return new IssuedKey(key, text);
    }

    private AuditEvent Audit(Actor actor, string action, ApiKey key, string detail) =>
        new(Guid.NewGuid().ToString("N"), clock.GetUtcNow().ToUnixTimeMilliseconds(), actor.Name, action, key.OrganizationId, key.Id, detail)
        {
            RequestId = actor.RequestId,
        };

    private static string Changed(string id) => $"key '{id}' was changed by someone else at the same moment; look and try again";
}
