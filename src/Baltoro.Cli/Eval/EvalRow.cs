using System.Text.Json;
using Baltoro.Cli.Eval.Checks;

namespace Baltoro.Cli.Eval;

/// <summary>One item of a suite.</summary>
/// <param name="Id">Unique id.</param>
/// <param name="Suite">Suite it counts for.</param>
/// <param name="Messages">The conversation, in the API's form.</param>
/// <param name="Thinking">Whether the model is to think.</param>
/// <param name="MaxTokens">Completion budget.</param>
/// <param name="Check">The rule; null for a sample that is only shown.</param>
internal sealed record EvalRow(string Id, string Suite, JsonElement Messages, bool Thinking, int MaxTokens, EvalCheck? Check)
{
    /// <summary>Declared tools in the API's form; null for none.</summary>
    public JsonElement? Tools { get; init; }
}
