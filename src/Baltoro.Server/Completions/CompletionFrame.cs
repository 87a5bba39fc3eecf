namespace Baltoro.Server.Completions;

/// <summary>What all parts of one raw completion share.</summary>
/// <param name="Id">Id of the answer.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The id the client sent.</param>
/// <param name="Fingerprint">Names model and program.</param>
/// <param name="Echoes">Per choice, what the text begins with.</param>
/// <param name="HasLogprobs">Whether log probabilities were asked for.</param>
/// <param name="IncludeUsage">Whether a stream ends with a usage event of its own.</param>
internal sealed record CompletionFrame(
    string Id, long Created, string Model, string Fingerprint, IReadOnlyList<string> Echoes, bool HasLogprobs, bool IncludeUsage);
