namespace Baltoro.Platform.Identity;

/// <summary>
/// Why a key is not accepted. All but the first are told only to whoever holds the key's whole secret, so they say nothing
/// about keys to somebody who guesses.
/// </summary>
public enum KeyRefusal
{
    /// <summary>Accepted.</summary>
    None,

    /// <summary>Malformed or unknown; the two are not told apart.</summary>
    Invalid,

    Revoked,

    Expired,

    /// <summary>It was replaced, and its grace period is over.</summary>
    Replaced,

    /// <summary>The member it acted for is gone.</summary>
    MemberGone,

    ProjectArchived,
}
