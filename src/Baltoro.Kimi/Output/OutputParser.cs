using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Output;

/// <summary>
/// Reads one answer, token by token: reasoning, text, tool calls. Works on ids, so text that only looks like a marker
/// stays text, and markers never show up in text. Stop texts apply to the answer's text, not to reasoning and not to
/// arguments. Text after the tool section ends the answer, because nothing may follow tool calls. One answer, one thread.
/// </summary>
public sealed class OutputParser
{
    private const string SpelledSectionBegin = "<|tool_call_section_begin|>";

    private readonly KimiTokenizer _tokenizer;
    private readonly SpecialTokens _special;
    private readonly OutputParserOptions _options;
    private readonly TextChannel _reasoning;
    private readonly TextChannel _content;
    private readonly ToolCallReader _calls;
    private OutputState _state;

    public OutputParser(KimiTokenizer tokenizer, OutputParserOptions options)
    {
        _tokenizer = tokenizer;
        _special = tokenizer.Special;
        _options = options;
        bool readsSpelled = options.HasTools && !options.HasTextGrammar;
        IReadOnlyList<string> stops = readsSpelled ? [.. options.Stop, SpelledSectionBegin] : options.Stop;
        _reasoning = new TextChannel(options.HasTools ? new StopMatcher([SpelledSectionBegin]) : null);
        _content = new TextChannel(stops.Count > 0 ? new StopMatcher(stops) : null);
        _calls = new ToolCallReader(options.Choice, options.PriorCallCount);
        _state = options.ReasoningOpen ? OutputState.Reasoning : OutputState.Content;
    }

    /// <summary>Index of the answer among the choices.</summary>
    public int Choice => _options.Choice;

    /// <summary>Tokens read, markers and the stop id included.</summary>
    public int CompletionTokens { get; private set; }

    /// <summary>Tokens of the reasoning text, its markers not included.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>Reads one token. Returns true when the answer is complete and generation should end.</summary>
    /// <param name="id">Token id inside the vocabulary.</param>
    /// <param name="logprob">Its log probability, or null when not asked for.</param>
    /// <param name="events">Receives the events the token completes.</param>
    public bool Push(int id, TokenLogprob? logprob, List<ChatEvent> events)
    {
        if (_state == OutputState.Ended)
        {
            return true;
        }

        CompletionTokens++;
        if (_tokenizer.IsSpecial(id))
        {
            PushSpecial(id, events);
        }
        else
        {
            PushText(_tokenizer.TokenBytes(id).Span, logprob, events);
        }

        return _state == OutputState.Ended;
    }

    /// <summary>Generation is over: sends what is left and exactly one finish.</summary>
    /// <param name="budgetUsedUp">Whether it ended because no more tokens were allowed.</param>
    /// <param name="events">Receives the events.</param>
    public void Complete(bool budgetUsedUp, List<ChatEvent> events)
    {
        bool isCut = budgetUsedUp && _state is (OutputState.Section or OutputState.CallId or OutputState.CallArguments);
        bool hasEnded = _state == OutputState.Ended;
        CloseState(isCut, events);
        ChatFinishReason reason = ChatFinishReason.Stop;
        if (_calls.CallCount > 0 && !isCut)
        {
            reason = ChatFinishReason.ToolCalls;
        }
        else if (budgetUsedUp && !hasEnded)
        {
            reason = ChatFinishReason.Length;
        }

        events.Add(new ChatEvent.Finish(_options.Choice, reason));
        _state = OutputState.Ended;
    }

    private void PushText(ReadOnlySpan<byte> bytes, TokenLogprob? logprob, List<ChatEvent> events)
    {
        switch (_state)
        {
            case OutputState.Reasoning:
                ReasoningTokens++;
                _reasoning.Push(bytes, logprob);
                SendReasoning(events);
                _state = _reasoning.Found is null ? _state : OutputState.Section;
                break;
            case OutputState.Content:
                _content.Push(bytes, logprob);
                SendContent(events);
                if (_content.Found is { } found)
                {
                    _state = _options.Stop.Contains(found) ? OutputState.Ended : OutputState.Section;
                }

                break;
            case OutputState.CallId:
                _calls.PushId(bytes);
                break;
            case OutputState.CallArguments:
                _calls.PushArguments(bytes, events);
                break;
            case OutputState.AfterCalls:
                _state = IsWhite(bytes) ? _state : OutputState.Ended;
                break;
            case OutputState.Section or OutputState.Ended:
                break;
            default:
                throw new InvalidOperationException($"state {_state}");
        }
    }

    private void PushSpecial(int id, List<ChatEvent> events)
    {
        if (_special.IsStop(id))
        {
            CloseState(isCut: false, events);
            _state = OutputState.Ended;
        }
        else if (id == _special.ThinkBegin)
        {
            // A model that opens its thought itself; later than at the very start the marker means nothing.
            bool isFirst = _state == OutputState.Content && !_content.HasStarted && !_reasoning.HasStarted;
            _state = isFirst ? OutputState.Reasoning : _state;
        }
        else if (id == _special.ThinkEnd && _state == OutputState.Reasoning)
        {
            Enter(OutputState.Content, events);
        }
        else if (id == _special.ToolSectionBegin)
        {
            // Also out of an open thought: the model may call tools without closing it.
            Enter(OutputState.Section, events);
        }
        else if (_state != OutputState.Reasoning)
        {
            PushCallMarker(id, events);
        }
    }

    private void PushCallMarker(int id, List<ChatEvent> events)
    {
        if (id == _special.ToolCallBegin)
        {
            Enter(OutputState.CallId, events);
            _calls.BeginId();
        }
        else if (id == _special.ToolArgumentBegin && _state == OutputState.CallId)
        {
            _calls.BeginArguments();
            _state = OutputState.CallArguments;
        }
        else if (id == _special.ToolCallEnd && _state is (OutputState.CallId or OutputState.CallArguments))
        {
            if (_state == OutputState.CallId)
            {
                _calls.BeginArguments();
                _state = OutputState.CallArguments;
            }

            Enter(OutputState.Section, events);
        }
        else if (id == _special.ToolSectionEnd && _state != OutputState.Content)
        {
            Enter(OutputState.AfterCalls, events);
        }
    }

    private void Enter(OutputState next, List<ChatEvent> events)
    {
        CloseState(isCut: false, events);
        _state = next;
    }

    /// <summary>Sends what the present state still holds.</summary>
    private void CloseState(bool isCut, List<ChatEvent> events)
    {
        switch (_state)
        {
            case OutputState.Reasoning:
                _reasoning.Flush();
                SendReasoning(events);
                break;
            case OutputState.Content:
                _content.Flush();
                SendContent(events);
                break;
            case OutputState.CallArguments:
                _calls.End(events, isCut);
                break;
            case OutputState.Section or OutputState.CallId or OutputState.AfterCalls or OutputState.Ended:
                break;
            default:
                throw new InvalidOperationException($"state {_state}");
        }
    }

    private static bool IsWhite(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t\r\n"u8).IsEmpty;

    private void SendReasoning(List<ChatEvent> events)
    {
        if (_reasoning.TryTake(out string text, out IReadOnlyList<TokenLogprob>? logprobs))
        {
            events.Add(new ChatEvent.ReasoningDelta(_options.Choice, text, logprobs));
        }
    }

    private void SendContent(List<ChatEvent> events)
    {
        if (_content.TryTake(out string text, out IReadOnlyList<TokenLogprob>? logprobs))
        {
            events.Add(new ChatEvent.TextDelta(_options.Choice, text, logprobs));
        }
    }
}
