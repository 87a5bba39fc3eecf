using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Baltoro.Protocol.Errors;

namespace Baltoro.Protocol.Json;

/// <summary>
/// One streaming pass over an untrusted body before anything is built from it: UTF-8, syntax, depth, number of tokens
/// and repeated member names. Memory grows with the number of tokens, never with the size of strings.
/// </summary>
public static class JsonGuard
{
    /// <summary>Deepest nesting accepted.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most JSON tokens accepted in one body.</summary>
    public const int MaxTokens = 2_000_000;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// Checks <paramref name="body"/> and parses it. On success the caller owns <paramref name="document"/>, whose root
    /// is an object. On failure the error names position or field.
    /// </summary>
    public static WireError? TryParse(ReadOnlyMemory<byte> body, out JsonDocument? document)
    {
        document = null;
        if (body.Span.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        WireError? error = Check(body.Span);
        if (error is not null)
        {
            return error;
        }

        JsonDocument parsed = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MaxDepth + 2 });
        if (parsed.RootElement.ValueKind != JsonValueKind.Object)
        {
            string found = JsonDescription.Of(parsed.RootElement);
            parsed.Dispose();
            return WireError.Exact($"Invalid request: the body must be a JSON object, found {found}");
        }

        document = parsed;
        return null;
    }

    private static WireError? Check(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return WireError.Exact("Invalid request: the body is empty; expected a JSON object");
        }

        if (!Utf8.IsValid(body))
        {
            return WireError.Exact("Invalid request: the body is not valid UTF-8");
        }

        try
        {
            return Walk(body);
        }
        catch (JsonException mistake)
        {
            return WireError.Exact(
                $"Invalid request: the body is not valid JSON (line {mistake.LineNumber + 1}, byte {mistake.BytePositionInLine + 1})");
        }
    }

    private static WireError? Walk(ReadOnlySpan<byte> body)
    {
        Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = MaxDepth + 2 });
        Stack<Frame> frames = new();
        int tokenCount = 0;
        while (reader.Read())
        {
            if (++tokenCount > MaxTokens)
            {
                return WireError.Exact($"Invalid request: the body has more than {MaxTokens} JSON tokens");
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    if (!TryReadName(ref reader, out string name))
                    {
                        return WireError.Exact($"Invalid request: a member name of {Where(frames)} has an unpaired surrogate escape");
                    }

                    if (!frames.Peek().TryEnter(name))
                    {
                        string path = Where(frames);
                        return WireError.Field(path, "appears twice in the same object");
                    }

                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    NextItem(frames);
                    if (frames.Count >= MaxDepth)
                    {
                        return WireError.Exact($"Invalid request: the body is nested deeper than {MaxDepth} levels");
                    }

                    frames.Push(new Frame(reader.TokenType == JsonTokenType.StartArray));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    frames.Pop();
                    break;
                default:
                    NextItem(frames);
                    break;
            }
        }

        return null;
    }

    private static bool TryReadName(ref Utf8JsonReader reader, out string name)
    {
        try
        {
            name = reader.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    private static void NextItem(Stack<Frame> frames)
    {
        if (frames.TryPeek(out Frame? frame) && frame.IsArray)
        {
            frame.Index++;
        }
    }

    private static string Where(Stack<Frame> frames)
    {
        StringBuilder path = new();
        foreach (Frame frame in frames.Reverse())
        {
            if (frame.IsArray)
            {
                path.Append('[').Append(Math.Max(frame.Index, 0)).Append(']');
            }
            else if (frame.Name is { } name)
            {
                path.Append(path.Length == 0 ? "" : ".").Append(JsonDescription.Cut(name));
            }
        }

        return path.Length == 0 ? "the body" : path.ToString();
    }

    /// <summary>One open array or object.</summary>
    private sealed class Frame(bool isArray)
    {
        private HashSet<string>? _names;

        public bool IsArray { get; } = isArray;

        public int Index { get; set; } = -1;

        public string? Name { get; private set; }

        public bool TryEnter(string name)
        {
            string? first = Name;
            Name = name;
            if (first is null)
            {
                return true;
            }

            _names ??= [first];
            return _names.Add(name);
        }
    }
}
