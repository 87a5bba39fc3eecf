namespace Baltoro.Platform.Identity;

/// <summary>What a key may be used for. The numbers are stored: never renumber.</summary>
[Flags]
public enum KeyScopes
{
    None = 0,

    /// <summary>Asking models, and everything on the way there.</summary>
    Inference = 1,

    /// <summary>Seeing its organization's balance and limits, asking for other limits.</summary>
    Account = 2,

    /// <summary>Reading through the admin API.</summary>
    AdminRead = 4,

    /// <summary>Changing through the admin API.</summary>
    AdminWrite = 8,
}
