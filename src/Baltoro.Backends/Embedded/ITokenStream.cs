using Baltoro.Engine;

namespace Baltoro.Backends.Embedded;

/// <summary>One generation. Ends in exactly one event with <see cref="TokenEvent.Finish"/> set.</summary>
internal interface ITokenStream
{
    /// <summary>All events; cancelling the token cancels the generation, and the end event still comes.</summary>
    IAsyncEnumerable<TokenEvent> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Stops the generation within one step.</summary>
    void Cancel();
}
