namespace Baltoro.Kimi.Cards;

/// <summary>Which contract an id answers by.</summary>
public enum CardProfile
{
    /// <summary>Sampling fields are honoured; too large a budget is cut and said so.</summary>
    Seed,

    /// <summary>Sampling fields are fixed and anything else is refused; budgets are never cut.</summary>
    Platform,
}
