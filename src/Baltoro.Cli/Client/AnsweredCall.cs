namespace Baltoro.Cli.Client;

/// <summary>One tool call of an answer.</summary>
/// <param name="Name">Function name.</param>
/// <param name="Arguments">The arguments as the model wrote them; meant to be a JSON object.</param>
internal sealed record AnsweredCall(string Name, string Arguments);
