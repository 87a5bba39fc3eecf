using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Bench.Quality;

/// <summary>A held-out conversation as token ids; the answer begins at <see cref="AnswerStart"/> and ends with its end mark.</summary>
internal sealed record QualityText(int[] Ids, int AnswerStart)
{
    /// <summary>Reads the rows with messages of a JSON-lines file; rows of prose are left out.</summary>
    public static QualityText[] Read(string path, KimiTokenizer tokenizer)
    {
        if (!File.Exists(path))
        {
            throw new BenchOptionException($"--texts: {path} is not a file; JSON lines with messages are expected");
        }

        PromptRenderer renderer = new(tokenizer);
        List<QualityText> texts = [];
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            if (row.RootElement.TryGetProperty("messages", out JsonElement messages))
            {
                texts.Add(Of([.. messages.EnumerateArray()], tokenizer, renderer));
            }
        }

        return [.. texts];
    }

    private static QualityText Of(JsonElement[] messages, KimiTokenizer tokenizer, PromptRenderer renderer)
    {
        ChatRequest request = new()
        {
            RequestId = "quality",
            TenantId = "quality",
            Messages = [.. messages[..^1].Select(message => ChatMessage.FromText(RoleOf(message), TextOf(message)))],
            Thinking = false,
            MaxCompletionTokens = 1,
        };
        IReadOnlyList<int> prompt = renderer.Render(request).Ids;
        return new QualityText([.. prompt, .. tokenizer.Encode(TextOf(messages[^1])), tokenizer.Special.ImEnd], prompt.Count);
    }

    private static ChatRole RoleOf(JsonElement message) => message.GetProperty("role").GetString() switch
    {
        "system" => ChatRole.System,
        "user" => ChatRole.User,
        "assistant" => ChatRole.Assistant,
        string other => throw new BenchOptionException($"role: expected system, user or assistant, found {other}"),
        null => throw new BenchOptionException("role: expected system, user or assistant, found null"),
    };

    private static string TextOf(JsonElement message) => message.GetProperty("content").GetString() ?? "";
}
