namespace Baltoro.Platform.Identity;

/// <summary>Scopes as they are written.</summary>
public static class KeyScopeNames
{
    private static readonly (KeyScopes Scope, string Name)[] Pairs =
    [
        (KeyScopes.Inference, "inference"), (KeyScopes.Account, "account"),
        (KeyScopes.AdminRead, "admin.read"), (KeyScopes.AdminWrite, "admin.write"),
    ];

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Pairs.Select(pair => pair.Name)];

    /// <summary>What a key of a kind may do unless something else is said.</summary>
    public static KeyScopes DefaultOf(KeyKind kind) => kind == KeyKind.Admin
        ? KeyScopes.Account | KeyScopes.AdminRead | KeyScopes.AdminWrite
        : KeyScopes.Inference | KeyScopes.Account;

    /// <summary>Names of the scopes that are set.</summary>
    public static IReadOnlyList<string> Of(KeyScopes scopes) => [.. Pairs.Where(pair => scopes.HasFlag(pair.Scope)).Select(pair => pair.Name)];

    /// <summary>The scopes of names, or null when one is not known.</summary>
    public static KeyScopes? Parse(IEnumerable<string> names)
    {
        KeyScopes scopes = KeyScopes.None;
        foreach (string name in names)
        {
            if (!All.Contains(name))
            {
                return null;
            }

            scopes |= Pairs.First(pair => pair.Name == name).Scope;
        }

        return scopes;
    }
}
