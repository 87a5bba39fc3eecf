using System.Text.Json;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Prompt;

/// <summary>Finds what in a tool's schema cannot be written into the prompt: a lone surrogate, or a number no double holds.</summary>
internal static class UnshowableSchema
{
    /// <summary>The refusal that names tool and path.</summary>
    /// <param name="tools">Tools of which one has no declaration.</param>
    /// <param name="reason">What the renderer said, for a fault that has no place.</param>
    public static RequestRefusedException Explain(IReadOnlyList<ToolDefinition> tools, string reason)
    {
        for (int i = 0; i < tools.Count; i++)
        {
            if (tools[i].Parameters is { } schema && Find(schema, "") is (string path, string problem))
            {
                string field = tools[i].ParametersField(i);
                string place = path.Length == 0 ? "at its root" : $"at path '{path}'";
                return new RequestRefusedException(field, $"{field} cannot be shown to the model: {place}, {problem}");
            }
        }

        return new RequestRefusedException("tools", $"tools cannot be shown to the model: {reason}");
    }

    private static (string Path, string Problem)? Find(JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return First(value.EnumerateObject().Select(member => Find(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}")));
            case JsonValueKind.Array:
                return First(value.EnumerateArray().Select((item, index) => Find(item, $"{path}[{index}]")));
            case JsonValueKind.String:
                return IsText(value) ? null : (path, "a text is not valid Unicode (a lone surrogate)");
            case JsonValueKind.Number:
                return IsWhole(value) || double.IsFinite(value.GetDouble()) ? null : (path, $"number {value.GetRawText()} is out of range");
            default:
                return null;
        }
    }

    private static (string Path, string Problem)? First(IEnumerable<(string Path, string Problem)?> found) =>
        found.FirstOrDefault(problem => problem is not null);

    /// <summary>Whole numbers are written digit by digit, whatever their size.</summary>
    private static bool IsWhole(JsonElement value) => value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;

    private static bool IsText(JsonElement value)
    {
        try
        {
            _ = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Handled: this is how System.Text.Json reports a lone surrogate.
            return false;
        }
    }
}
