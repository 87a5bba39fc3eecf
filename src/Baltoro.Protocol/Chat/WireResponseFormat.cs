using System.Text.Json;

namespace Baltoro.Protocol.Chat;

/// <summary>The response format as sent.</summary>
/// <param name="Type">Value of <c>type</c>.</param>
public sealed record WireResponseFormat(string Type)
{
    /// <summary>Whether there is a <c>json_schema</c> object.</summary>
    public bool HasSchemaBlock { get; init; }

    public string? Name { get; init; }

    public JsonElement? Schema { get; init; }

    public bool? Strict { get; init; }
}
