namespace Baltoro.Kimi.Schema;

/// <summary>How hard the platform's schema rules (Moonshot flavored JSON schema) are applied.</summary>
public enum MfjsLevel
{
    /// <summary>Keywords outside the subset are errors.</summary>
    Ultra,

    /// <summary>Keywords outside the subset pass; this is how the hosted service behaves.</summary>
    Strict,
}
