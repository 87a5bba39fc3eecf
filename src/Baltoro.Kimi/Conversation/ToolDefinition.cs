using System.Text.Json;

namespace Baltoro.Kimi.Conversation;

/// <summary>A function the model may call.</summary>
/// <param name="Name">Function name.</param>
/// <param name="Description">What it does, or null.</param>
/// <param name="Parameters">JSON Schema of the arguments object, or null when it takes none.</param>
/// <param name="Strict">Whether the arguments must satisfy the schema by construction.</param>
public sealed record ToolDefinition(string Name, string? Description, JsonElement? Parameters, bool Strict)
{
    /// <summary>
    /// Whether a strict schema that cannot be enforced is answered with any JSON object and a notice; otherwise the request
    /// is refused.
    /// </summary>
    public bool MayRelax { get; init; }

    /// <summary>Path of the function as the client wrote it, for refusals; null for the usual place.</summary>
    public string? Field { get; init; }

    /// <summary>Path of the schema of the tool at <paramref name="index"/>.</summary>
    public string ParametersField(int index) => $"{Field ?? $"tools[{index}].function"}.parameters";
}
