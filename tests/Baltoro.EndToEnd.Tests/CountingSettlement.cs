using System.Collections.Concurrent;
using Baltoro.Server.Gate;

namespace Baltoro.EndToEnd.Tests;

/// <summary>Counts settlements per request (I7: exactly one each).</summary>
internal sealed class CountingSettlement : IRequestSettlement
{
    public ConcurrentDictionary<string, int> Counts { get; } = new();

    public ValueTask SettleAsync(RequestOutcome outcome)
    {
        Counts.AddOrUpdate(outcome.RequestId, 1, (_, count) => count + 1);
        return ValueTask.CompletedTask;
    }
}
