namespace Baltoro.Kimi.Cards;

/// <summary>Whose rules a model id follows.</summary>
public enum ModelProfile
{
    /// <summary>The seed's contract: sampling fields are honoured, large budgets are cut.</summary>
    Seed,

    /// <summary>The hosted platform's contract: sampling fields are fixed, budgets are never cut.</summary>
    Platform,
}
