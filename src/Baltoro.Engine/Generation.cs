using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Baltoro.Engine.Sampling;
using Baltoro.Engine.Schedule;

namespace Baltoro.Engine;

/// <summary>
/// A request the engine accepted. Ends in exactly one event with <see cref="TokenEvent.Finish"/> set (I7). One reader;
/// <see cref="Cancel"/> may be called from any thread, any number of times.
/// </summary>
public sealed class Generation
{
    private readonly Sequence _sequence;
    private readonly EngineLoop _loop;

    internal Generation(Sequence sequence, EngineLoop loop)
    {
        _sequence = sequence;
        _loop = loop;
    }

    public string RequestId => _sequence.Request.RequestId;

    /// <summary>
    /// Log probabilities of the prompt's tokens from the second on, when the request asks for them. Complete from the first
    /// token event on; not to be read before.
    /// </summary>
    public IReadOnlyList<SampledToken> PromptLogprobs => _sequence.PromptReport;

    /// <summary>Stops generation within one step. The end event follows with <see cref="FinishReason.Cancelled"/>.</summary>
    public void Cancel()
    {
        _sequence.RequestCancel();
        _loop.Wake();
    }

    /// <summary>
    /// Reads every event up to and including the end event. Cancelling <paramref name="cancellationToken"/> cancels the
    /// generation; the end event is still delivered, nothing is thrown for it.
    /// </summary>
    public async IAsyncEnumerable<TokenEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((Generation)state!).Cancel(), this);
        ChannelReader<TokenEvent> reader = _sequence.Events;
        bool ended = false;
        try
        {
            while (!ended && await reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (!ended && reader.TryRead(out TokenEvent tokenEvent))
                {
                    ended = tokenEvent.Finish is not null;
                    yield return tokenEvent;
                }
            }
        }
        finally
        {
            if (!ended)
            {
                Cancel();
            }
        }
    }
}
