namespace Baltoro.Server.Hosting;

/// <summary>
/// Tells running answers when a stop has waited long enough: <see cref="Begin"/> starts the limit, <see cref="Deadline"/>
/// fires when it is over.
/// </summary>
public sealed class DrainSignal(TimeSpan limit, TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(Timeout.InfiniteTimeSpan, clock);

    /// <summary>Whether a stop has begun.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>Fires when running answers must end.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <summary>Starts the limit.</summary>
    public void Begin()
    {
        IsDraining = true;
        _deadline.CancelAfter(limit);
    }

    /// <summary>Ends the timer.</summary>
    public void Dispose() => _deadline.Dispose();
}
