using System.Runtime.CompilerServices;
using Baltoro.Backends.Embedded;
using Baltoro.Engine;
using Baltoro.Engine.Sampling;

namespace Baltoro.Backends.Tests.Support;

/// <summary>One scripted generation.</summary>
internal sealed class FakeTokenStream(GenerationRequest request, IEnumerable<int> tokens, int? faultAfter) : ITokenStream
{
    private volatile bool _cancelled;

    public bool IsCancelled => _cancelled;

    public int Produced { get; private set; }

    /// <summary>The reason of the end event, once it was given out.</summary>
    public FinishReason? Ended { get; private set; }

    public IReadOnlyList<SampledToken> PromptLogprobs => [];

    public void Cancel() => _cancelled = true;

    public async IAsyncEnumerable<TokenEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (int id in tokens)
        {
            await Task.Yield();
            if (_cancelled || cancellationToken.IsCancellationRequested)
            {
                yield return End(FinishReason.Cancelled);
                yield break;
            }

            if (Produced == faultAfter)
            {
                yield return End(FinishReason.Fault);
                yield break;
            }

            Produced++;
            TopLogprob[]? top = request.TopLogprobs is > 0 ? [new TopLogprob(id, -0.5f), new TopLogprob('z', -2f)] : null;
            yield return new TokenEvent(id, -0.5f, top, null, 0, null);
            if (request.StopIds.Contains(id))
            {
                yield return End(FinishReason.StopToken);
                yield break;
            }

            if (Produced == request.MaxNewTokens)
            {
                break;
            }
        }

        yield return End(FinishReason.Length);
    }

    private TokenEvent End(FinishReason reason)
    {
        Ended = reason;
        return new TokenEvent(-1, 0, null, reason, 4, reason == FinishReason.Fault ? "a kernel failed" : null);
    }
}
