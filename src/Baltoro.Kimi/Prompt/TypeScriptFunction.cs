using System.Text.Json;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Prompt;

/// <summary>One function as TypeScript: interfaces of its definitions, its description, its type.</summary>
internal static class TypeScriptFunction
{
    /// <exception cref="SchemaNotExpressibleException">The parameters have no TypeScript form.</exception>
    public static string Render(ToolDefinition tool)
    {
        using JsonDocument empty = JsonDocument.Parse("{}");
        JsonElement parameters = tool.Parameters is { ValueKind: not JsonValueKind.Null } given ? given : empty.RootElement;
        if (parameters.ValueKind != JsonValueKind.Object)
        {
            throw new SchemaNotExpressibleException($"parameters of kind {parameters.ValueKind}");
        }

        SchemaRegistry registry = new();
        registry.VisitObject(parameters);
        List<string> parts = [];
        bool isRecursive = registry.HasSelfReference;
        if (isRecursive)
        {
            parts.Add(RootInterface(parameters));
        }

        // Definitions met only inside other definitions get no interface, as in the published program.
        List<JsonProperty> definitions = [.. registry.Definitions];
        foreach (JsonProperty definition in definitions)
        {
            registry.Visit(definition.Value);
            parts.Add(Interface(definition));
        }

        if (!string.IsNullOrEmpty(tool.Description))
        {
            parts.Add(TypeScriptType.Comment(tool.Description, ""));
        }

        string argument = isRecursive ? "parameters" : TypeScriptType.RenderObject(parameters, "");
        parts.Add($"type {tool.Name} = (_: {argument}) => any;");
        return string.Join('\n', parts);
    }

    private static string RootInterface(JsonElement parameters)
    {
        List<string> fields = [.. TypeScriptType.Fields(parameters, "").OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => f.Text)];
        return fields.Count == 0 ? "interface parameters {}" : $"interface parameters {{\n{string.Join(",\n", fields)}\n}}";
    }

    private static string Interface(JsonProperty definition)
    {
        if (definition.Value.ValueKind != JsonValueKind.Object)
        {
            throw new SchemaNotExpressibleException($"definition {definition.Name} of kind {definition.Value.ValueKind}");
        }

        string? description = TypeScriptType.DescriptionOf(definition.Value);
        string comment = description is null ? "" : TypeScriptType.Comment(description, "") + "\n";
        return $"{comment}interface {definition.Name} {TypeScriptType.Render(definition.Value, "")}";
    }
}
