using System.Threading.Channels;
using Baltoro.Server.Gate;

namespace Baltoro.Server.Tests.Harness;

/// <summary>Keeps every outcome, in order.</summary>
internal sealed class RecordedSettlement : IRequestSettlement
{
    private readonly Channel<RequestOutcome> _outcomes = Channel.CreateUnbounded<RequestOutcome>();
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public ValueTask SettleAsync(RequestOutcome outcome)
    {
        Interlocked.Increment(ref _count);
        return _outcomes.Writer.WriteAsync(outcome);
    }

    /// <summary>The next outcome; fails the test when none comes.</summary>
    public async Task<RequestOutcome> NextAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        return await _outcomes.Reader.ReadAsync(limit.Token);
    }
}
