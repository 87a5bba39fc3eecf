namespace Baltoro.Platform.Identity;

/// <summary>Roles as they are written.</summary>
public static class RoleNames
{
    /// <summary>Roles a member can have, least first.</summary>
    public static IReadOnlyList<string> OfMembers { get; } = ["viewer", "member", "admin", "owner"];

    public static string Of(Role role) => role switch
    {
        Role.None => "none",
        Role.Viewer => "viewer",
        Role.Member => "member",
        Role.Admin => "admin",
        Role.Owner => "owner",
        Role.Operator => "operator",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "unknown role"),
    };

    /// <summary>The role of a name, or null.</summary>
    public static Role? Parse(string name) => name switch
    {
        "viewer" => Role.Viewer,
        "member" => Role.Member,
        "admin" => Role.Admin,
        "owner" => Role.Owner,
        "operator" => Role.Operator,
        _ => null,
    };
}
