using System.Text.Json;

namespace Baltoro.Cli.Client;

/// <summary>One chat request of a command.</summary>
internal sealed record ChatCall(string Model, JsonElement Messages, bool Thinking, int MaxTokens, double Temperature)
{
    /// <summary>Declared tools in the API's form; null for none.</summary>
    public JsonElement? Tools { get; init; }
}
