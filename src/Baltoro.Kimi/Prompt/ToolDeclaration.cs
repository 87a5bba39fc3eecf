using System.Buffers;
using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// Text of the <c>tool_declare</c> message: TypeScript style, as the model was trained on, or compact JSON when a schema
/// has no TypeScript form (the published tokenizer falls back in the same cases).
/// </summary>
internal static class ToolDeclaration
{
    /// <exception cref="RequestRefusedException">A schema holds a text that is not valid Unicode, or a number out of range.</exception>
    public static string Render(IReadOnlyList<ToolDefinition> tools)
    {
        try
        {
            return RenderTypeScript(tools) ?? RenderJson(tools);
        }
        catch (Exception e) when (e is InvalidOperationException or SchemaNotExpressibleException)
        {
            // System.Text.Json reports a lone surrogate in the first way; a number outside of double has no JSON form.
            throw UnshowableSchema.Explain(tools, e.Message);
        }
    }

    private static string? RenderTypeScript(IReadOnlyList<ToolDefinition> tools)
    {
        StringBuilder text = new("# Tools\n\n## functions\nnamespace functions {\n");
        try
        {
            foreach (ToolDefinition tool in tools)
            {
                text.Append(TypeScriptFunction.Render(tool)).Append('\n');
            }
        }
        catch (SchemaNotExpressibleException)
        {
            // Handled: this is the documented way a schema says that it has no TypeScript form.
            return null;
        }

        return text.Append("}\n").ToString();
    }

    private static string RenderJson(IReadOnlyList<ToolDefinition> tools)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer))
        {
            writer.WriteStartArray();
            foreach (ToolDefinition tool in tools)
            {
                WriteTool(writer, tool);
            }

            writer.WriteEndArray();
        }

        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return PythonJson.DumpCompact(document.RootElement);
    }

    private static void WriteTool(Utf8JsonWriter writer, ToolDefinition tool)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("function");
        if (tool.Description is not null)
        {
            writer.WriteString("description", tool.Description);
        }

        writer.WriteString("name", tool.Name);
        if (tool.Parameters is { } parameters)
        {
            writer.WritePropertyName("parameters");
            parameters.WriteTo(writer);
        }

        writer.WriteEndObject();
        writer.WriteString("type", "function");
        writer.WriteEndObject();
    }
}
