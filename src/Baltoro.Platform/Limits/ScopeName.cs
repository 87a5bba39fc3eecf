namespace Baltoro.Platform.Limits;

/// <summary>Names of the counters of one organization.</summary>
public static class ScopeName
{
    /// <summary>Prefix of the organization's own counters.</summary>
    public const string TierPrefix = "tier/";

    /// <summary>The organization over all its keys of whatever tier; it limits only what an administrator set for it.</summary>
    public const string Organization = "organization";

    /// <summary>
    /// Limits that were approved for the organization: they take the place of its tier's, whatever tier applies. Counts nothing
    /// itself; no tier can have this name.
    /// </summary>
    public const string Approved = TierPrefix + "*";

    private const string ProjectPrefix = "project/";
    private const string KeyPrefix = "key/";

    /// <summary>The organization over all its keys of one effective tier and all models, so minting keys gains nothing.</summary>
    public static string OfTier(string tier) => TierPrefix + tier;

    /// <summary>One project over all its keys.</summary>
    public static string OfProject(string projectId) => ProjectPrefix + projectId;

    /// <summary>One key.</summary>
    public static string OfKey(string keyId) => KeyPrefix + keyId;

    /// <summary>The project or key whose scope it is; null for the organization's own.</summary>
    public static string? IdOf(string scope) =>
        scope.StartsWith(ProjectPrefix, StringComparison.Ordinal) ? scope[ProjectPrefix.Length..]
        : scope.StartsWith(KeyPrefix, StringComparison.Ordinal) ? scope[KeyPrefix.Length..]
        : null;

    /// <summary>How messages call the kind of a scope: organization, project or key.</summary>
    public static string KindOf(string scope) =>
        scope.StartsWith(ProjectPrefix, StringComparison.Ordinal) ? "project"
        : scope.StartsWith(KeyPrefix, StringComparison.Ordinal) ? "key"
        : "organization";
}
