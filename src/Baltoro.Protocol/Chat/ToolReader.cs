using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Protocol.Chat;

/// <summary>
/// Reads what a body says about tools and the form of the answer, by type: <c>tools</c>, <c>tool_choice</c>,
/// <c>response_format</c>, and the old <c>functions</c> and <c>function_call</c>.
/// </summary>
internal sealed class ToolReader(JsonFields body, ReadProblem problem)
{
    /// <summary>Tools in order; <paramref name="isLegacy"/> says whether the old form was used.</summary>
    public IReadOnlyList<WireTool> ReadTools(out bool isLegacy)
    {
        JsonElement? tools = body.Array("tools");
        JsonElement? functions = body.Array("functions");
        isLegacy = functions is { } old && old.GetArrayLength() > 0;
        if (isLegacy && tools is { } both && both.GetArrayLength() > 0)
        {
            problem.Report(WireError.Field("functions", "is the old form of tools; send one of them"));
        }

        List<WireTool> read = [];
        string field = isLegacy ? "functions" : "tools";
        int index = 0;
        foreach (JsonElement item in (isLegacy ? functions : tools)?.EnumerateArray() ?? default)
        {
            string path = JsonPath.Item(field, index++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem.Expected(path, "an object", item);
                return [];
            }

            JsonFields fields = new(item, path, problem);
            read.Add(isLegacy ? ReadFunction(fields, path, "function") : ReadTool(fields, path));
        }

        return read;
    }

    /// <summary>The tool choice, or null when none was sent.</summary>
    public WireToolChoice? ReadChoice(bool isLegacy)
    {
        JsonElement? old = body.Any("function_call");
        JsonElement? choice = body.Any("tool_choice");
        if (isLegacy || choice is null)
        {
            return old is { } call ? ReadLegacyChoice(call) : null;
        }

        return choice.Value.ValueKind switch
        {
            JsonValueKind.String => new WireToolChoice("tool_choice", problem.StringOf(choice.Value, "tool_choice") ?? ""),
            JsonValueKind.Object => ReadChoiceObject(new JsonFields(choice.Value, "tool_choice", problem)),
            _ => Unreadable("tool_choice", "a string or an object", choice.Value),
        };
    }

    /// <summary>The response format, or null when none was sent.</summary>
    public WireResponseFormat? ReadFormat()
    {
        if (body.Object("response_format") is not { } fields)
        {
            return null;
        }

        string type = fields.RequiredString("type");
        JsonFields? block = type == "json_schema" ? fields.Object("json_schema") : null;
        return new WireResponseFormat(type)
        {
            HasSchemaBlock = block is not null,
            Name = block?.String("name"),
            Schema = block?.Any("schema")?.Clone(),
            Strict = block?.Boolean("strict"),
        };
    }

    private WireTool ReadTool(JsonFields fields, string path)
    {
        string type = fields.RequiredString("type");
        if (type is not ("function" or "builtin_function"))
        {
            problem.Report(WireError.Field(fields.PathOf("type"), $"must be 'function', found '{JsonDescription.Cut(type)}'"));
        }
        else if (fields.Object("function") is { } function)
        {
            return ReadFunction(function, path, type);
        }

        problem.Report(WireError.Field(fields.PathOf("function"), "is required and must be an object"));
        return new WireTool(path, type, "") { FunctionPath = path };
    }

    private static WireTool ReadFunction(JsonFields function, string path, string type) =>
        new(path, type, function.RequiredString("name"))
        {
            Description = function.String("description"),
            Parameters = function.Any("parameters")?.Clone(),
            Strict = function.Boolean("strict"),
            FunctionPath = function.Path,
        };

    private WireToolChoice? ReadChoiceObject(JsonFields fields)
    {
        string type = fields.RequiredString("type");
        switch (type)
        {
            case "function":
                string name = Inner(fields, "function")?.RequiredString("name") ?? "";
                return new WireToolChoice("tool_choice", "function", [name]);
            case "allowed_tools":
                return Inner(fields, "allowed_tools") is { } allowed ? ReadAllowed(allowed) : null;
            default:
                problem.Report(WireError.Field(
                    fields.PathOf("type"), $"must be 'function' or 'allowed_tools', found '{JsonDescription.Cut(type)}'"));
                return null;
        }
    }

    private WireToolChoice ReadAllowed(JsonFields allowed)
    {
        List<string> names = [];
        int index = 0;
        foreach (JsonElement item in allowed.Array("tools")?.EnumerateArray() ?? default)
        {
            string path = JsonPath.Item(allowed.PathOf("tools"), index++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem.Expected(path, "an object", item);
                break;
            }

            names.Add(Inner(new JsonFields(item, path, problem), "function")?.RequiredString("name") ?? "");
        }

        if (names.Count == 0)
        {
            problem.Report(WireError.Field(allowed.PathOf("tools"), "is required and must name at least one tool"));
        }

        string mode = allowed.RequiredString("mode");
        if (mode is not ("auto" or "required"))
        {
            problem.Report(WireError.Field(allowed.PathOf("mode"), $"must be 'auto' or 'required', found '{JsonDescription.Cut(mode)}'"));
        }

        return new WireToolChoice("tool_choice", mode, names);
    }

    private WireToolChoice? ReadLegacyChoice(JsonElement call) => call.ValueKind switch
    {
        JsonValueKind.String => new WireToolChoice("function_call", problem.StringOf(call, "function_call") ?? ""),
        JsonValueKind.Object => new WireToolChoice(
            "function_call", "function", [new JsonFields(call, "function_call", problem).RequiredString("name")]),
        _ => Unreadable("function_call", "a string or an object", call),
    };

    private WireToolChoice? Unreadable(string path, string expected, JsonElement found)
    {
        problem.Expected(path, expected, found);
        return null;
    }

    private JsonFields? Inner(JsonFields fields, string name)
    {
        JsonFields? inner = fields.Object(name);
        if (inner is null)
        {
            problem.Report(WireError.Field(fields.PathOf(name), "is required and must be an object"));
        }

        return inner;
    }
}
