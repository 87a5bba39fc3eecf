namespace Baltoro.Platform.Identity;

/// <summary>What somebody may do through the admin API, least first. The numbers are stored: never renumber.</summary>
public enum Role
{
    /// <summary>Nothing there.</summary>
    None = 0,

    /// <summary>Reads its organization.</summary>
    Viewer = 1,

    /// <summary>Also makes and ends keys of its own and asks for limits.</summary>
    Member = 2,

    /// <summary>Also manages projects, members below owner, all keys, and limits of projects and keys.</summary>
    Admin = 3,

    /// <summary>Also manages owners and the organization itself.</summary>
    Owner = 4,

    /// <summary>Runs the installation: every organization, tiers, terms, money, decisions on limits.</summary>
    Operator = 5,
}
