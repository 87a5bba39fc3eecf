using System.Globalization;
using System.Text.RegularExpressions;
using Baltoro.Platform.Tiers;

namespace Baltoro.Platform.Identity;

/// <summary>What the parts of a key may be.</summary>
internal static partial class KeyRules
{
    private const int MostModels = 64;
    private const int MostModelChars = 128;

    /// <summary>The first thing wrong with a key that is to be stored, or null.</summary>
    public static (KeyProblem Problem, string Message)? Refuse(ApiKey key, TierTable tiers, DateTimeOffset now)
    {
        if (NameProblem(key.Name) is string nameProblem)
        {
            return (KeyProblem.BadName, nameProblem);
        }

        if (!IsOrganizationId(key.OrganizationId))
        {
            return (KeyProblem.BadOrganization, OrganizationProblem(key.OrganizationId));
        }

        if (tiers.Find(key.Tier) is null)
        {
            return (KeyProblem.UnknownTier,
                $"tier must be one of {string.Join(", ", tiers.Plans.Select(plan => plan.Name))}, found '{key.Tier}'");
        }

        if (key.Models.Count > MostModels || key.Models.Any(id => id.Length is 0 or > MostModelChars || id.Any(char.IsControl)))
        {
            return (KeyProblem.BadModels, string.Create(
                CultureInfo.InvariantCulture,
                $"models must be at most {MostModels} ids of 1 to {MostModelChars} characters, none of them a control, found {key.Models.Count} ids"));
        }

        if (key.ExpiresAt <= now)
        {
            return (KeyProblem.BadExpiry, string.Create(
                CultureInfo.InvariantCulture, $"expires_at must be in the future, found {key.ExpiresAt:yyyy-MM-ddTHH:mm:ssZ}"));
        }

        return ScopesProblem(key) is string scopesProblem ? (KeyProblem.BadScopes, scopesProblem) : null;
    }

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? NameProblem(string name) =>
        name.Length is 0 or > KeyRequest.MaxNameChars || name.Any(char.IsControl)
            ? $"name must have 1 to {KeyRequest.MaxNameChars} characters, none of them a control, found {name.Length}"
            : null;

    public static bool IsOrganizationId(string id) => OrganizationPattern().IsMatch(id);

    public static string OrganizationProblem(string id) =>
        $"organization must have 1 to 64 of the characters a-z, 0-9, '-', '_', found '{(id.Length <= 64 ? id : id[..64] + "…")}'";

    private static string? ScopesProblem(ApiKey key)
    {
        bool hasAdminScope = (key.Scopes & (KeyScopes.AdminRead | KeyScopes.AdminWrite)) != 0;
        return key.Scopes == KeyScopes.None
            ? "scopes must name at least one scope"
            : key.Kind switch
            {
                KeyKind.Api when hasAdminScope => "scopes of an API key must not be admin.read or admin.write; make an admin key",
                KeyKind.Api when key.Role != Role.None => "role is for admin keys only",
                KeyKind.Admin when key.Role == Role.None && key.MemberId.Length == 0 => "role of an admin key must be set, or its member",
                KeyKind.Admin when key.Role != Role.None && key.MemberId.Length > 0 => "role must not be set beside a member, whose role it has",
                _ => null,
            };
    }

    [GeneratedRegex(@"\A[a-z0-9_-]{1,64}\z")]
    private static partial Regex OrganizationPattern();
}
