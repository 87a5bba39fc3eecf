using Baltoro.Engine;
using Baltoro.Engine.Sampling;

namespace Baltoro.Backends.Embedded;

/// <summary>One generation. Ends in exactly one event with <see cref="TokenEvent.Finish"/> set.</summary>
internal interface ITokenStream
{
    /// <summary>All events; cancelling the token cancels the generation, and the end event still comes.</summary>
    IAsyncEnumerable<TokenEvent> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Log probabilities of the prompt's tokens from the second on; complete from the first token event on.</summary>
    IReadOnlyList<SampledToken> PromptLogprobs { get; }

    /// <summary>Stops the generation within one step.</summary>
    void Cancel();
}
