using System.Globalization;
using System.Text.Json;

namespace Baltoro.Kimi.Tokenizer;

/// <summary>
/// Reads the special tokens from <c>tokenizer_config.json</c> (<c>added_tokens_decoder</c>). They take the 256 ids after
/// the ordinary ranks; an id the file does not name is <c>&lt;|reserved_token_ID|&gt;</c>.
/// </summary>
internal static class SpecialTokenFile
{
    public const int ReservedCount = 256;

    /// <summary>Names of the 256 special ids, in id order.</summary>
    /// <exception cref="TokenizerFormatException">The file is missing, not JSON, or names an id outside the range.</exception>
    public static string[] ReadNames(string path, int firstId)
    {
        if (!File.Exists(path))
        {
            throw new TokenizerFormatException(path, null, "a tokenizer configuration", "no file");
        }

        string[] names = new string[ReservedCount];
        for (int i = 0; i < ReservedCount; i++)
        {
            names[i] = $"<|reserved_token_{(firstId + i).ToString(CultureInfo.InvariantCulture)}|>";
        }

        using JsonDocument document = Parse(path);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("added_tokens_decoder", out JsonElement tokens)
            || tokens.ValueKind != JsonValueKind.Object)
        {
            throw new TokenizerFormatException(path, null, "an object 'added_tokens_decoder'", "none");
        }

        foreach (JsonProperty token in tokens.EnumerateObject())
        {
            names[OffsetOf(path, token.Name, firstId)] = ContentOf(path, token);
        }

        return names;
    }

    /// <summary>Finds the tokens a conversation needs by their text.</summary>
    /// <exception cref="TokenizerFormatException">One of them has no id.</exception>
    public static SpecialTokens Resolve(string path, string[] names, int firstId)
    {
        int Id(string name)
        {
            int index = Array.IndexOf(names, name);
            return index >= 0
                ? firstId + index
                : throw new TokenizerFormatException(path, null, $"a token '{name}' in added_tokens_decoder", "none");
        }

        return new SpecialTokens
        {
            Bos = Id("[BOS]"),
            Eos = Id("[EOS]"),
            ImEnd = Id("<|im_end|>"),
            ImUser = Id("<|im_user|>"),
            ImAssistant = Id("<|im_assistant|>"),
            Eot = Id("[EOT]"),
            ImSystem = Id("<|im_system|>"),
            ToolSectionBegin = Id("<|tool_calls_section_begin|>"),
            ToolSectionEnd = Id("<|tool_calls_section_end|>"),
            ToolCallBegin = Id("<|tool_call_begin|>"),
            ToolArgumentBegin = Id("<|tool_call_argument_begin|>"),
            ToolCallEnd = Id("<|tool_call_end|>"),
            ImMiddle = Id("<|im_middle|>"),
            MediaBegin = Id("<|media_begin|>"),
            MediaContent = Id("<|media_content|>"),
            MediaEnd = Id("<|media_end|>"),
            MediaPad = Id("<|media_pad|>"),
            ThinkBegin = Id("<think>"),
            ThinkEnd = Id("</think>"),
            Pad = Id("[PAD]"),
        };
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException(path, (int?)e.LineNumber + 1, "JSON", e.Message);
        }
    }

    private static int OffsetOf(string path, string key, int firstId)
    {
        bool isId = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id);
        return isId && id >= firstId && id < firstId + ReservedCount
            ? id - firstId
            : throw new TokenizerFormatException(
                path, null, $"ids {firstId}..{firstId + ReservedCount - 1} in added_tokens_decoder (the token file has {firstId} ranks)", $"'{key}'");
    }

    private static string ContentOf(string path, JsonProperty token)
    {
        bool known = token.Value.ValueKind == JsonValueKind.Object
            && token.Value.TryGetProperty("content", out JsonElement content)
            && content.ValueKind == JsonValueKind.String;
        string? text = known ? token.Value.GetProperty("content").GetString() : null;
        return string.IsNullOrEmpty(text)
            ? throw new TokenizerFormatException(path, null, $"a text at added_tokens_decoder.{token.Name}.content", token.Value.GetRawText())
            : text;
    }
}
