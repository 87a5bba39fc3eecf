using System.Text.Json;

namespace Baltoro.Kimi.Conversation;

/// <summary>What the answer's text must be. Closed family: consume with an exhaustive switch.</summary>
public abstract record ResponseFormat
{
    private ResponseFormat()
    {
    }

    /// <summary>Any text.</summary>
    public static ResponseFormat FreeText { get; } = new Text();

    /// <summary>Any text.</summary>
    public sealed record Text : ResponseFormat;

    /// <summary>A JSON object.</summary>
    public sealed record JsonObject : ResponseFormat;

    /// <summary>A JSON document that satisfies a schema.</summary>
    /// <param name="Name">The client's name for it.</param>
    /// <param name="Schema">JSON Schema of the document.</param>
    /// <param name="Strict">Whether it must satisfy the schema by construction; otherwise any JSON object is promised.</param>
    public sealed record JsonSchema(string Name, JsonElement Schema, bool Strict) : ResponseFormat;
}
