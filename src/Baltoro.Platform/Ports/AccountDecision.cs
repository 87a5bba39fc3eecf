namespace Baltoro.Platform.Ports;

/// <summary>What a pure machine decided: the answer, and what must be written before it is given.</summary>
public readonly record struct AccountDecision<TResult>(TResult Result, AccountChange Change)
{
    /// <summary>An answer that changes nothing.</summary>
    public static AccountDecision<TResult> Unchanged(TResult result) => new(result, AccountChange.None);
}
