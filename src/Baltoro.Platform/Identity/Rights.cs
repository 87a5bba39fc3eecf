namespace Baltoro.Platform.Identity;

/// <summary>Which role may what: each permission has the least role that has it.</summary>
public static class Rights
{
    /// <summary>The least role with a permission.</summary>
    public static Role LeastFor(Permission permission) => permission switch
    {
        Permission.Read => Role.Viewer,
        Permission.OwnKeys or Permission.AskLimits => Role.Member,
        Permission.AllKeys or Permission.Projects or Permission.Members or Permission.Audit => Role.Admin,
        Permission.Organization => Role.Owner,
        Permission.Operate => Role.Operator,
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "unknown permission"),
    };

    public static bool Allow(Role role, Permission permission) => role >= LeastFor(permission);
}
