namespace Baltoro.Platform.Limits;

/// <summary>How long a budget counts before it starts again, in UTC. The numbers are stored: never renumber.</summary>
public enum BudgetPeriod
{
    /// <summary>Never starts again.</summary>
    Lifetime = 0,

    Month = 1,

    Day = 2,
}
