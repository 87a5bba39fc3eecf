using Baltoro.Cli.Client;

namespace Baltoro.Cli.Eval;

/// <summary>What one row came to.</summary>
/// <param name="Row">The row.</param>
/// <param name="Answer">The answer, or null when the API refused the request.</param>
/// <param name="Problem">Why there is no answer.</param>
internal sealed record EvalResult(EvalRow Row, ChatAnswer? Answer, string? Problem)
{
    /// <summary>Whether the answer meets the row's rule.</summary>
    public bool IsCorrect => Answer is not null && Row.Check is not null && Row.Check.Passes(Answer);
}
