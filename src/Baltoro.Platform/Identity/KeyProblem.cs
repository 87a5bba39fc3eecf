namespace Baltoro.Platform.Identity;

/// <summary>Why a key operation was refused.</summary>
public enum KeyProblem
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>Name empty, too long or with control characters.</summary>
    BadName,

    /// <summary>Organization id outside a-z, 0-9, '-' and '_'.</summary>
    BadOrganization,

    /// <summary>No such tier.</summary>
    UnknownTier,

    /// <summary>Too many models, or an id that none can have.</summary>
    BadModels,

    /// <summary>The expiry is not in the future.</summary>
    BadExpiry,

    /// <summary>A grace period below zero or above the most allowed.</summary>
    BadGrace,

    /// <summary>An API key with admin scopes or role, or an admin key that could do nothing.</summary>
    BadScopes,

    /// <summary>No key has this id.</summary>
    UnknownKey,

    /// <summary>The key is revoked.</summary>
    Revoked,

    /// <summary>Another process changed the key at the same moment.</summary>
    Conflict,
}
