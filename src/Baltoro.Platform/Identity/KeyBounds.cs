namespace Baltoro.Platform.Identity;

/// <summary>
/// What a key may at most: its scopes, models, networks, end and project. A key that is made, changed or handed out through another one
/// must lie within that one's bounds. Immutable.
/// </summary>
public sealed record KeyBounds(
    KeyScopes Scopes, IReadOnlyList<string> Models, NetworkList Networks, DateTimeOffset? ExpiresAt, string ProjectId)
{
    private static readonly (string Field, Func<KeyBounds, KeyBounds, bool> IsWithin)[] Parts =
    [
        ("scopes", (inner, outer) => (inner.Scopes & ~outer.Scopes) == KeyScopes.None),
        ("models", (inner, outer) => outer.Models.Count == 0 || (inner.Models.Count > 0 && inner.Models.All(outer.Models.Contains))),
        ("networks", (inner, outer) => inner.Networks.IsWithin(outer.Networks)),
        ("expires_at", (inner, outer) => outer.ExpiresAt is null || inner.ExpiresAt <= outer.ExpiresAt),
        ("project", (inner, outer) => outer.ProjectId.Length == 0 || inner.ProjectId == outer.ProjectId),
    ];

    /// <summary>Bounds of a key.</summary>
    public static KeyBounds Of(ApiKey key) => new(key.Scopes, key.Models, key.Networks, key.ExpiresAt, key.ProjectId);

    /// <summary>
    /// Bounds of what a caller may give to a key of a kind. Making API keys is what admin keys are for: these may have the scopes of API
    /// keys whether or not the maker asks models itself.
    /// </summary>
    public static KeyBounds Of(Caller caller, KeyKind kind) => new(
        kind == KeyKind.Api ? caller.Scopes | KeyScopeNames.DefaultOf(KeyKind.Api) : caller.Scopes,
        caller.Models, caller.Networks, caller.ExpiresAt, caller.ProjectId);

    /// <summary>The first part that lies within that part of none of <paramref name="allowed"/>, by its name in the API; or null.</summary>
    public string? FirstBeyond(params ReadOnlySpan<KeyBounds> allowed)
    {
        foreach ((string field, Func<KeyBounds, KeyBounds, bool> isWithin) in Parts)
        {
            bool isAllowed = false;
            foreach (KeyBounds outer in allowed)
            {
                isAllowed |= isWithin(this, outer);
            }

            if (!isAllowed)
            {
                return field;
            }
        }

        return null;
    }
}
