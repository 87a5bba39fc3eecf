using System.Text.Json;

namespace Baltoro.Protocol.Chat;

/// <summary>A tool as sent.</summary>
/// <param name="Path">Where it stands, for example <c>tools[0]</c>.</param>
/// <param name="Type">Value of <c>type</c>.</param>
/// <param name="Name">Name of the function.</param>
public sealed record WireTool(string Path, string Type, string Name)
{
    public string? Description { get; init; }

    /// <summary>Schema of the arguments, as sent; null when absent.</summary>
    public JsonElement? Parameters { get; init; }

    public bool? Strict { get; init; }

    /// <summary>Path of the function's own members: the old form has them one level higher.</summary>
    public required string FunctionPath { get; init; }
}
