namespace Baltoro.Platform.Identity;

/// <summary>What a route of the admin API needs.</summary>
public enum Permission
{
    /// <summary>Seeing organization, projects, members, keys, limits, balance and usage.</summary>
    Read,

    /// <summary>Making, changing and ending keys of one's own.</summary>
    OwnKeys,

    /// <summary>Asking for other limits.</summary>
    AskLimits,

    /// <summary>Making, changing and ending every key of the organization.</summary>
    AllKeys,

    /// <summary>Managing projects and the limits of projects and keys.</summary>
    Projects,

    /// <summary>Managing members below owner.</summary>
    Members,

    /// <summary>Reading the organization's audit log.</summary>
    Audit,

    /// <summary>Changing the organization itself and its owners.</summary>
    Organization,

    /// <summary>Everything across organizations: tiers, terms, money, limits of organizations.</summary>
    Operate,
}
