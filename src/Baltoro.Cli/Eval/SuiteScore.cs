namespace Baltoro.Cli.Eval;

/// <summary>Result of one suite with its 95 % Wilson interval.</summary>
/// <param name="Suite">Name.</param>
/// <param name="Count">Rows.</param>
/// <param name="Correct">Right answers.</param>
/// <param name="Errors">Rows the API refused; they count as wrong.</param>
/// <param name="MeanPromptTokens">Mean size of the prompts.</param>
internal sealed record SuiteScore(string Suite, int Count, int Correct, int Errors, double MeanPromptTokens)
{
    /// <summary>97.5 % quantile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>Share of right answers.</summary>
    public double Share => (double)Correct / Count;

    /// <summary>Lower end of the Wilson score interval.</summary>
    public double Low => Math.Max(0, Center - Margin);

    /// <summary>Upper end of the Wilson score interval.</summary>
    public double High => Math.Min(1, Center + Margin);

    private double Denominator => 1 + (Z * Z / Count);

    private double Center => (Share + (Z * Z / (2 * Count))) / Denominator;

    private double Margin => Z * Math.Sqrt((Share * (1 - Share) / Count) + (Z * Z / (4.0 * Count * Count))) / Denominator;

    /// <summary>Scores by suite, in order of name.</summary>
    public static IReadOnlyList<SuiteScore> Of(IEnumerable<EvalResult> results) =>
    [
        .. results.GroupBy(result => result.Row.Suite).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new SuiteScore(
            group.Key,
            group.Count(),
            group.Count(result => result.IsCorrect),
            group.Count(result => result.Answer is null),
            group.Select(result => (double?)result.Answer?.PromptTokens).Average() ?? 0)),
    ];
}
