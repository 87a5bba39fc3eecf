using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Identity;

/// <summary>Creates, lists, revokes, rotates and checks keys. Safe for concurrent use when its store is.</summary>
public sealed partial class KeyService(IKeyStore store, KeyPepper pepper, TimeProvider clock)
{
    private const int IdBytes = 8;

    /// <summary>Issues a key; creates its organization when there is none of that id.</summary>
    public async ValueTask<KeyResult> CreateAsync(KeyRequest request, CancellationToken cancellationToken)
    {
        if (Refuse(request) is { } refusal)
        {
            return refusal;
        }

        string text = ApiKeyText.Create();
        ApiKey key = new()
        {
            Id = $"ak-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}",
            Name = request.Name,
            OrganizationId = request.OrganizationId,
            Tier = request.Tier,
            Hash = pepper.Hash(text),
            Hint = ApiKeyText.HintOf(text),
            CreatedAt = clock.GetUtcNow(),
        };
        await store.AddAsync(key, cancellationToken).ConfigureAwait(false);
        return KeyResult.Of(new IssuedKey(key, text));
    }

    /// <summary>
    /// Issues a key only when the store holds none at all; null when it does. Called by the one process that holds the
    /// data directory.
    /// </summary>
    public async ValueTask<IssuedKey?> CreateFirstAsync(KeyRequest request, CancellationToken cancellationToken)
    {
        if (await store.AnyAsync(cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        KeyResult result = await CreateAsync(request, cancellationToken).ConfigureAwait(false);
        return result.Issued ?? throw new InvalidOperationException(result.Message);
    }

    /// <summary>All keys, oldest first, revoked ones included.</summary>
    public ValueTask<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    /// <summary>Ends a key at once. Revoking a revoked key changes nothing and succeeds.</summary>
    public async ValueTask<KeyProblem> RevokeAsync(string id, CancellationToken cancellationToken) =>
        await store.TryRevokeAsync(id, clock.GetUtcNow(), cancellationToken).ConfigureAwait(false)
            ? KeyProblem.None
            : KeyProblem.UnknownKey;

    /// <summary>
    /// Gives the key a new secret under the same id; the old one is refused from this moment. Of two rotations at the
    /// same moment one wins and the other is told.
    /// </summary>
    public async ValueTask<KeyResult> RotateAsync(string id, CancellationToken cancellationToken)
    {
        ApiKey? key = await store.FindAsync(id, cancellationToken).ConfigureAwait(false);
        if (key is null)
        {
            return KeyResult.Refused(KeyProblem.UnknownKey, $"no key has the id '{id}'");
        }

        if (!key.IsActive)
        {
            return KeyResult.Refused(KeyProblem.Revoked, $"key '{id}' is revoked and cannot be rotated");
        }

        string text = ApiKeyText.Create();
        ApiKey rotated = key with { Hash = pepper.Hash(text), Hint = ApiKeyText.HintOf(text), RotatedAt = clock.GetUtcNow() };
        bool isReplaced = await store.TryReplaceSecretAsync(rotated, key.Hash, cancellationToken).ConfigureAwait(false);
        return isReplaced
            ? KeyResult.Of(new IssuedKey(rotated, text))
            : KeyResult.Refused(KeyProblem.Conflict, $"key '{id}' was changed by someone else at the same moment; look and try again");
    }

    /// <summary>Who holds this key; null when it is malformed, unknown or revoked. Junk never reaches the store.</summary>
    public async ValueTask<Caller?> AuthenticateAsync(string text, CancellationToken cancellationToken)
    {
        if (!ApiKeyText.IsWellFormed(text))
        {
            return null;
        }

        ApiKey? key = await store.FindByHashAsync(pepper.Hash(text), cancellationToken).ConfigureAwait(false);
        return key is { IsActive: true } ? new Caller(key.Id, key.OrganizationId, key.Tier) : null;
    }

    private static KeyResult? Refuse(KeyRequest request)
    {
        if (request.Name.Length is 0 or > KeyRequest.MaxNameChars || request.Name.Any(char.IsControl))
        {
            return KeyResult.Refused(
                KeyProblem.BadName,
                $"name must have 1 to {KeyRequest.MaxNameChars} characters, none of them a control, found {request.Name.Length}");
        }

        if (!OrganizationPattern().IsMatch(request.OrganizationId))
        {
            return KeyResult.Refused(
                KeyProblem.BadOrganization,
                $"organization must have 1 to 64 of the characters a-z, 0-9, '-', '_', found '{request.OrganizationId}'");
        }

        return Tier.Names.Contains(request.Tier)
            ? null
            : KeyResult.Refused(
                KeyProblem.UnknownTier,
                $"tier must be one of {string.Join(", ", Tier.Names)}, found '{request.Tier}'");
    }

    [GeneratedRegex(@"\A[a-z0-9_-]{1,64}\z")]
    private static partial Regex OrganizationPattern();
}
