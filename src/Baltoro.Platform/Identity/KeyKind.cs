namespace Baltoro.Platform.Identity;

/// <summary>What a key is for; its text's prefix tells. The numbers are stored: never renumber.</summary>
public enum KeyKind
{
    /// <summary>Calls models: <c>sk-…</c>.</summary>
    Api = 0,

    /// <summary>Administers: <c>sk-admin-…</c>.</summary>
    Admin = 1,
}
