using System.Text.Json;
using Baltoro.Backends.Embedded;
using Baltoro.Cli.Composition;
using Baltoro.Engine.Diagnostics;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Prompt;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Eval;

/// <summary>
/// Mean cross entropy per token on texts the model never saw, straight from the engine: <c>text</c> rows count every token
/// but the first of each window, <c>messages</c> rows count the tokens of assistant turns and their end.
/// </summary>
internal sealed class HeldOutLoss : IDisposable
{
    private const int DefaultWindow = 512;

    private readonly LogitProbe _probe;
    private readonly KimiTokenizer _tokenizer;
    private readonly PromptRenderer _renderer;
    private readonly int _window;

    public HeldOutLoss(string modelPath)
    {
        _tokenizer = ModelTokenizer.Load(modelPath);
        _renderer = new PromptRenderer(_tokenizer);
        _probe = new LogitProbe(modelPath, EmbeddedBackendOpener.EngineOptions());
        _window = _probe.TrainedContext ?? DefaultWindow;
    }

    public void Dispose() => _probe.Dispose();

    /// <summary>Losses of all rows of <paramref name="file"/>, by kind of row.</summary>
    public IReadOnlyList<LossScore> Measure(string file)
    {
        LossScore text = new("text", 0, 0);
        LossScore chat = new("chat", 0, 0);
        int line = 0;
        foreach (string row in File.ReadLines(file))
        {
            line++;
            if (string.IsNullOrWhiteSpace(row))
            {
                continue;
            }

            using JsonDocument document = JsonDocument.Parse(row);
            if (document.RootElement.TryGetProperty("text", out JsonElement prose))
            {
                text = AddText(text, prose.GetString() ?? "");
            }
            else if (document.RootElement.TryGetProperty("messages", out JsonElement messages))
            {
                chat = AddChat(chat, messages);
            }
            else
            {
                throw new StartFailure(ExitCode.Usage, $"{file}:{line}: expected the member text or messages, found neither");
            }
        }

        return [.. new[] { text, chat }.Where(score => score.Tokens > 0)];
    }

    private LossScore AddText(LossScore score, string text)
    {
        int[] ids = _tokenizer.Encode(text);
        for (int start = 0; start < ids.Length - 1; start += _window)
        {
            score = Add(score, ids[start..Math.Min(ids.Length, start + _window)], 1);
        }

        return score;
    }

    private LossScore AddChat(LossScore score, JsonElement messages)
    {
        List<ChatMessage> history = [];
        foreach (JsonElement message in messages.EnumerateArray())
        {
            string content = message.GetProperty("content").GetString() ?? "";
            ChatRole role = message.GetProperty("role").GetString() switch
            {
                "system" => ChatRole.System,
                "assistant" => ChatRole.Assistant,
                _ => ChatRole.User,
            };
            if (role == ChatRole.Assistant)
            {
                ChatRequest request = new()
                {
                    RequestId = "eval",
                    TenantId = "eval",
                    Messages = [.. history],
                    Thinking = false,
                    MaxCompletionTokens = 1,
                };
                IReadOnlyList<int> prompt = _renderer.Render(request).Ids;
                score = Add(score, [.. prompt, .. _tokenizer.Encode(content), _tokenizer.Special.ImEnd], prompt.Count);
            }

            history.Add(ChatMessage.FromText(role, content));
        }

        return score;
    }

    /// <summary>Adds the losses of ids[first..], each predicted from all ids before it.</summary>
    private LossScore Add(LossScore score, int[] ids, int first)
    {
        double sum = 0;
        _probe.Visit(ids, true, (row, logits) =>
        {
            if (row + 1 >= first && row + 1 < ids.Length)
            {
                sum += CrossEntropy(logits, ids[row + 1]);
            }
        });
        return score with { Tokens = score.Tokens + ids.Length - first, SumOfLosses = score.SumOfLosses + sum };
    }

    private static double CrossEntropy(ReadOnlySpan<float> logits, int target)
    {
        float max = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            max = MathF.Max(max, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        return max + Math.Log(sum) - logits[target];
    }
}
