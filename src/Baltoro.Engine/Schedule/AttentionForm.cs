namespace Baltoro.Engine.Schedule;

/// <summary>
/// Which of the two algebraically equal forms of MLA a row uses. A function of the token's place in its own request
/// (prompt tokens plain, generated tokens absorbed), never of chunk size or traffic (I6).
/// </summary>
public enum AttentionForm
{
    /// <summary>Keys and values decompressed from the latent; for prompt tokens.</summary>
    Plain,

    /// <summary>Queries absorbed into the latent space; for generated tokens.</summary>
    Absorbed,
}
