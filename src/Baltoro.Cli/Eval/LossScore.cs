namespace Baltoro.Cli.Eval;

/// <summary>Cross entropy over held-out tokens of one kind.</summary>
/// <param name="Kind"><c>text</c> or <c>chat</c>.</param>
/// <param name="Tokens">Predicted tokens.</param>
/// <param name="SumOfLosses">Sum of their losses in nats.</param>
internal sealed record LossScore(string Kind, long Tokens, double SumOfLosses)
{
    /// <summary>Nats per token.</summary>
    public double Loss => SumOfLosses / Tokens;

    public double Perplexity => Math.Exp(Loss);
}
