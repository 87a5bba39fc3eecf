namespace Baltoro.Engine;

/// <summary>The waiting queue is full; the caller may retry later. Nothing was accepted.</summary>
public sealed class EngineBusyException(int waiting, int limit)
    : Exception($"The engine's queue is full: {waiting} requests wait, the limit is {limit}.")
{
    public int Waiting { get; } = waiting;

    public int Limit { get; } = limit;
}
