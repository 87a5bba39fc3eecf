namespace Baltoro.Engine;

/// <summary>Whether generation guesses tokens ahead from earlier text (prompt lookup) and checks several in one step. The tokens are the same either way.</summary>
public enum SpeculationMode
{
    /// <summary>Guesses while measured step times and the share of right guesses say that it pays.</summary>
    Auto,

    /// <summary>Never guesses.</summary>
    Off,

    /// <summary>Guesses wherever earlier text allows, for tests and measurements.</summary>
    Always,
}
