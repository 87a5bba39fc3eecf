namespace Baltoro.Backends.Turns;

/// <summary>Bounds of something that tenants share in turns. Units are the caller's: slots, bytes.</summary>
public sealed record TurnLimits
{
    /// <summary>Units that may be held at once.</summary>
    public required long Capacity { get; init; }

    /// <summary>Units that one tenant may hold at once; one piece of work larger than that is let in when the tenant holds nothing.</summary>
    public required long CapacityPerTenant { get; init; }

    /// <summary>Pieces of work that may wait in all.</summary>
    public required int MaxWaiting { get; init; }

    /// <summary>Pieces of work of one tenant that may wait.</summary>
    public required int MaxWaitingPerTenant { get; init; }
}
