using System.Text;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Media;
using Baltoro.Server.Hosting;

namespace Baltoro.Cli.Commands;

/// <summary>A conversation on the terminal: answers on the output, thinking on the error output, dimmed where that is a terminal.</summary>
internal sealed class ChatSession
{
    private const string Dim = "\u001b[2m";
    private const string Normal = "\u001b[0m";

    private readonly CommandContext _context;
    private readonly IChatBackend _backend;
    private readonly ModelCard _card;
    private readonly List<ChatMessage> _messages = [];
    private IReadOnlyList<EncodedImage> _images;

    /// <summary>Starts a conversation; the pictures go with the first thing said.</summary>
    public ChatSession(CommandContext context, IChatBackend backend, ModelCard card, string? system, IReadOnlyList<EncodedImage> images)
    {
        _images = images;
        _context = context;
        _backend = backend;
        _card = card;
        if (!string.IsNullOrEmpty(system))
        {
            _messages.Add(ChatMessage.FromText(ChatRole.System, system));
        }
    }

    /// <summary>Reads lines until the input ends or a line says /exit.</summary>
    public async Task<ExitCode> LoopAsync(CancellationToken cancellationToken)
    {
        await _context.Error.WriteLineAsync($"{_card.Id} (answered by {_backend.Name}); /exit or Ctrl+D ends").ConfigureAwait(false);
        while (true)
        {
            await _context.Error.WriteAsync("> ").ConfigureAwait(false);
            string? line = await _context.Input.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            if (line is null || line.Trim() == "/exit")
            {
                return ExitCode.Success;
            }

            if (line.Trim().Length > 0)
            {
                await SayAsync(line, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Says one thing and streams the answer; both stay in the conversation.</summary>
    public async Task<ExitCode> SayAsync(string prompt, CancellationToken cancellationToken)
    {
        _messages.Add(new ChatMessage
        {
            Role = ChatRole.User,
            Content = [.. _images.Select(image => new ContentPart.Image(image)), new ContentPart.Text(prompt)],
        });
        ChatRequest request = NewRequest();
        int window = Math.Min(_card.ContextWindow, _backend.ContextWindow);
        PromptQuote quote = await _backend.QuoteAsync(request, cancellationToken).ConfigureAwait(false);
        int room = window - quote.PromptTokens;
        if (quote.Refusal is not null || room < 1)
        {
            _messages.RemoveAt(_messages.Count - 1);
            await _context.FailAsync(
                ExitCode.Failure,
                quote.Refusal ?? $"the conversation has {quote.PromptTokens} tokens and leaves no room in the window of {window}").ConfigureAwait(false);
            return ExitCode.Failure;
        }

        _images = [];
        request = request with { MaxCompletionTokens = Math.Min(_card.DefaultOutputTokens, room) };
        return await StreamAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private ChatRequest NewRequest() => new()
    {
        RequestId = $"chat-{Guid.NewGuid():N}",
        TenantId = "local",
        Messages = [.. _messages],
        Thinking = _card.Thinking != ThinkingPolicy.OffByDefault,
        MaxCompletionTokens = 1,
    };

    private async Task<ExitCode> StreamAsync(ChatRequest request, CancellationToken cancellationToken)
    {
        StringBuilder answer = new();
        ExitCode code = ExitCode.Success;
        bool isThinking = false;
        await foreach (ChatEvent next in _backend.StreamAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (isThinking && next is not ChatEvent.ReasoningDelta)
            {
                await _context.Error.WriteLineAsync(_context.Services.HasColors ? Normal : "").ConfigureAwait(false);
                isThinking = false;
            }

            switch (next)
            {
                case ChatEvent.ReasoningDelta delta:
                    await _context.Error.WriteAsync(isThinking || !_context.Services.HasColors ? delta.Text : Dim + delta.Text).ConfigureAwait(false);
                    isThinking = true;
                    break;
                case ChatEvent.TextDelta delta:
                    answer.Append(delta.Text);
                    await _context.Output.WriteAsync(delta.Text).ConfigureAwait(false);
                    await _context.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
                    break;
                case ChatEvent.Fault fault:
                    code = ExitCode.Failure;
                    await _context.FailAsync(code, $"the model failed ({fault.Kind}): {fault.Message}").ConfigureAwait(false);
                    break;
                default:
                    break;
            }
        }

        await _context.Output.WriteLineAsync().ConfigureAwait(false);
        if (answer.Length > 0)
        {
            _messages.Add(ChatMessage.FromText(ChatRole.Assistant, answer.ToString()));
        }

        return code;
    }
}
