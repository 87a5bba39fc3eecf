using System.Text.Json;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Protocol.Media;

namespace Baltoro.Protocol.Chat;

/// <summary>Reads <c>messages</c> by type; unknown members of a message or a part are ignored, as on the platform.</summary>
internal static class MessageReader
{
    public static IReadOnlyList<WireMessage> Read(JsonElement array, ReadProblem problem)
    {
        List<WireMessage> messages = new(Math.Min(array.GetArrayLength(), 1024));
        int index = 0;
        MediaReader media = new(problem);
        foreach (JsonElement item in array.EnumerateArray())
        {
            string path = JsonPath.Item("messages", index++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem.Expected(path, "an object", item);
            }
            else
            {
                messages.Add(ReadMessage(new JsonFields(item, path, problem), media, problem));
            }

            if (problem.First is not null)
            {
                return [];
            }
        }

        return messages;
    }

    private static WireMessage ReadMessage(JsonFields fields, MediaReader media, ReadProblem problem)
    {
        string role = fields.RequiredString("role");
        JsonElement? content = fields.Any("content");
        JsonFields? oldCall = fields.Object("function_call");
        string? refusal = fields.String("refusal");
        return new WireMessage
        {
            Role = role,
            Name = fields.String("name"),
            Content = content is null && refusal is not null
                ? [new WirePart("text", refusal)]
                : ReadContent(content, fields.PathOf("content"), media, problem),
            IsPartArray = content is { ValueKind: JsonValueKind.Array },
            ReasoningContent = fields.String("reasoning_content"),
            ToolCalls = ReadToolCalls(fields, problem),
            FunctionCall = oldCall is null ? null : new WireToolCall("", oldCall.RequiredString("name"), oldCall.String("arguments") ?? ""),
            ToolCallId = fields.String("tool_call_id"),
            Partial = fields.Boolean("partial") ?? false,
        };
    }

    private static IReadOnlyList<WirePart> ReadContent(JsonElement? content, string path, MediaReader media, ReadProblem problem)
    {
        switch (content?.ValueKind)
        {
            case null:
                return [];
            case JsonValueKind.String:
                return problem.StringOf(content.Value, path) is { } text ? [new WirePart("text", text)] : [];
            case JsonValueKind.Array:
                return ReadParts(content.Value, path, media, problem);
            default:
                problem.Expected(path, "a string or an array of parts", content.Value);
                return [];
        }
    }

    private static List<WirePart> ReadParts(JsonElement array, string path, MediaReader media, ReadProblem problem)
    {
        List<WirePart> parts = [];
        int index = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            string partPath = JsonPath.Item(path, index++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem.Expected(partPath, "an object with a type", item);
                return parts;
            }

            JsonFields fields = new(item, partPath, problem);
            string type = fields.RequiredString("type");
            parts.Add(type switch
            {
                "text" => new WirePart(type, fields.RequiredString("text")),
                "refusal" => new WirePart("text", fields.RequiredString("refusal")),
                "image_url" or "video_url" => new WirePart(type, null) { Media = media.Read(fields, type) },
                _ => new WirePart(type, null),
            });
        }

        return parts;
    }

    private static IReadOnlyList<WireToolCall> ReadToolCalls(JsonFields message, ReadProblem problem)
    {
        if (message.Array("tool_calls") is not { } array)
        {
            return [];
        }

        List<WireToolCall> calls = [];
        int index = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            string path = JsonPath.Item(message.PathOf("tool_calls"), index++);
            if (item.ValueKind != JsonValueKind.Object)
            {
                problem.Expected(path, "an object", item);
                return calls;
            }

            calls.Add(ReadToolCall(new JsonFields(item, path, problem), problem));
        }

        return calls;
    }

    private static WireToolCall ReadToolCall(JsonFields fields, ReadProblem problem)
    {
        string id = fields.RequiredString("id");
        if (fields.String("type") is { } type && type is not ("function" or "builtin_function"))
        {
            problem.Report(WireError.Field(fields.PathOf("type"), $"must be 'function', found '{JsonDescription.Cut(type)}'"));
        }

        if (fields.Object("function") is not { } function)
        {
            problem.Report(WireError.Field(fields.PathOf("function"), "is required and must be an object"));
            return new WireToolCall(id, "", "");
        }

        return new WireToolCall(id, function.RequiredString("name"), function.String("arguments") ?? "");
    }
}
