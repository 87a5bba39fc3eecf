using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Kimi.Tokenizer;
using Baltoro.Kimi.Vision;

namespace Baltoro.Kimi.Prompt;

/// <summary>
/// Turns a conversation into prompt ids by the rules of Kimi K2.5's chat template. Frames are added as ids; text of users
/// never becomes a special token. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Reasoning of an assistant message is kept only after the last assistant message without tool calls: inside a running
/// tool loop the model sees its thoughts, afterwards they are gone. A partial last message is the answer being written
/// and does not end the loop.
/// </remarks>
public sealed class PromptRenderer
{
    private readonly KimiTokenizer _tokenizer;
    private readonly PromptOptions _options;
    private readonly VisionSettings? _vision;

    /// <param name="tokenizer">The model's.</param>
    /// <param name="options">What the template leaves open.</param>
    /// <param name="vision">How the model's pictures become tokens; null for a model that takes none.</param>
    public PromptRenderer(KimiTokenizer tokenizer, PromptOptions? options = null, VisionSettings? vision = null)
    {
        _tokenizer = tokenizer;
        _vision = vision;
        _options = options ?? new PromptOptions();
    }

    /// <summary>Renders <paramref name="request"/> up to the point where the model continues.</summary>
    /// <exception cref="ArgumentException">A partial message is not the last, not of the assistant, or carries tool calls.</exception>
    /// <exception cref="MediaException">The model does not take a picture or film.</exception>
    public RenderedPrompt Render(ChatRequest request)
    {
        CheckPartial(request.Messages);
        PromptWriter writer = new(_tokenizer);
        CallIdRewriter callIds = new();
        MediaWriter media = new(_tokenizer.Special, _vision);
        WriteTools(writer, request.Tools);
        WriteDefaultSystem(writer, request.Messages);
        int historyEnd = HistoryEnd(request.Messages);
        for (int i = 0; i < request.Messages.Count; i++)
        {
            WriteMessage(writer, media, callIds, request.Messages[i], keepReasoning: i >= historyEnd && request.Thinking);
        }

        bool isContinued = request.Messages.Count > 0 && request.Messages[^1].Partial;
        if (!isContinued)
        {
            WriteGenerationPrompt(writer, request.Thinking);
        }

        return new RenderedPrompt(writer.Finish())
        {
            ReasoningOpen = request.Thinking && !isContinued,
            PriorCallCount = callIds.CallCount,
            Media = media.Media,
        };
    }

    private void WriteTools(PromptWriter writer, IReadOnlyList<ToolDefinition> tools)
    {
        if (tools.Count > 0)
        {
            BeginFrame(writer, _tokenizer.Special.ImSystem, "tool_declare");
            writer.Text(ToolDeclaration.Render(tools)).Special(_tokenizer.Special.ImEnd);
        }
    }

    private void WriteDefaultSystem(PromptWriter writer, IReadOnlyList<ChatMessage> messages)
    {
        bool hasSystem = messages.Count > 0 && messages[0].Role == ChatRole.System;
        if (_options.DefaultSystem is { } text && !hasSystem)
        {
            BeginFrame(writer, _tokenizer.Special.ImSystem, "system");
            writer.Text(text).Special(_tokenizer.Special.ImEnd);
        }
    }

    private void WriteMessage(PromptWriter writer, MediaWriter media, CallIdRewriter callIds, ChatMessage message, bool keepReasoning)
    {
        BeginFrame(writer, HeadOf(message.Role), string.IsNullOrEmpty(message.Name) ? NameOf(message.Role) : message.Name);
        switch (message.Role)
        {
            case ChatRole.Assistant:
                WriteThought(writer, keepReasoning ? message.Reasoning : null);
                WriteContent(writer, media, message.Content);
                WriteToolCalls(writer, callIds, message.ToolCalls);
                break;
            case ChatRole.Tool:
                writer.Text("## Return of ").Text(callIds.Answer(message.ToolCallId ?? "")).Text("\n");
                WriteContent(writer, media, message.Content);
                break;
            case ChatRole.System:
            case ChatRole.User:
                WriteContent(writer, media, message.Content);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.Role, "no such role");
        }

        if (!message.Partial)
        {
            writer.Special(_tokenizer.Special.ImEnd);
        }
    }

    private void WriteThought(PromptWriter writer, string? reasoning) =>
        writer.Special(_tokenizer.Special.ThinkBegin).Text(reasoning ?? "").Special(_tokenizer.Special.ThinkEnd);

    private static void WriteContent(PromptWriter writer, MediaWriter media, IReadOnlyList<ContentPart> parts)
    {
        foreach (ContentPart part in parts)
        {
            switch (part)
            {
                case ContentPart.Text text:
                    writer.Text(text.Value);
                    break;
                case ContentPart.Image image:
                    media.WriteImage(writer, image.Value);
                    break;
                case ContentPart.Video video:
                    media.WriteVideo(writer, video.Value);
                    break;
                default:
                    throw new ArgumentException($"content part {part.GetType().Name} has no place in the prompt");
            }
        }
    }

    private void WriteToolCalls(PromptWriter writer, CallIdRewriter callIds, IReadOnlyList<ToolCall> calls)
    {
        if (calls.Count == 0)
        {
            return;
        }

        SpecialTokens special = _tokenizer.Special;
        IReadOnlyList<string> ids = callIds.Rewrite(calls);
        writer.Special(special.ToolSectionBegin);
        for (int i = 0; i < calls.Count; i++)
        {
            writer.Special(special.ToolCallBegin).Text(ids[i]);
            writer.Special(special.ToolArgumentBegin).Text(calls[i].Arguments).Special(special.ToolCallEnd);
        }

        writer.Special(special.ToolSectionEnd);
    }

    private void WriteGenerationPrompt(PromptWriter writer, bool thinking)
    {
        BeginFrame(writer, _tokenizer.Special.ImAssistant, "assistant");
        writer.Special(_tokenizer.Special.ThinkBegin);
        if (!thinking)
        {
            writer.Special(_tokenizer.Special.ThinkEnd);
        }
    }

    private void BeginFrame(PromptWriter writer, int head, string name) =>
        writer.Special(head).Text(name).Special(_tokenizer.Special.ImMiddle);

    private int HeadOf(ChatRole role) => role switch
    {
        ChatRole.User => _tokenizer.Special.ImUser,
        ChatRole.Assistant => _tokenizer.Special.ImAssistant,
        ChatRole.System or ChatRole.Tool => _tokenizer.Special.ImSystem,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    private static string NameOf(ChatRole role) => role switch
    {
        ChatRole.User => "user",
        ChatRole.Assistant => "assistant",
        ChatRole.System => "system",
        ChatRole.Tool => "tool",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    /// <summary>Number of messages up to and including the last finished answer.</summary>
    private static int HistoryEnd(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = messages.Count - 1; i >= 0; i--)
        {
            ChatMessage message = messages[i];
            if (message.Role == ChatRole.Assistant && message.ToolCalls.Count == 0 && !message.Partial)
            {
                return i + 1;
            }
        }

        return 0;
    }

    private static void CheckPartial(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            ChatMessage message = messages[i];
            bool isSound = i == messages.Count - 1 && message.Role == ChatRole.Assistant && message.ToolCalls.Count == 0;
            if (message.Partial && !isSound)
            {
                throw new ArgumentException(
                    $"messages[{i}].partial is true: allowed only on a last message with role 'assistant' and without tool_calls");
            }
        }
    }
}
