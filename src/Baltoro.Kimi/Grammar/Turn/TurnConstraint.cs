using System.Runtime.InteropServices;
using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Grammar.Turn;

/// <summary>
/// Holds one answer to its rules: free thoughts first, then text under its grammar or tool calls whose names exist and
/// whose arguments satisfy their schemas, markers only where they belong, and no end before the rules are met.
/// </summary>
public sealed class TurnConstraint : IOutputConstraint
{
    /// <summary>Models at times spell the marker of the tool section as text; the output parser reads it as the marker.</summary>
    private static readonly byte[] _spelledSection = "<|tool_call_section_begin|>"u8.ToArray();

    private readonly TurnRules _rules;
    private readonly SpecialTokens _special;
    private readonly TokenVocabulary _vocabulary;
    private readonly ForcedText _forcedText;
    private readonly List<int> _forced = [];
    private readonly List<byte> _tail = [];
    private readonly List<byte> _callId = [];
    private GrammarMatcher? _matcher;
    private TurnState _state;
    private bool _textBegun;
    private int _calls;

    /// <param name="tokenizer">Cuts forced text as in training; null for a longest-match cut.</param>
    /// <exception cref="ArgumentException">Calls are demanded and there is no tool.</exception>
    public TurnConstraint(TurnRules rules, TokenVocabulary vocabulary, KimiTokenizer? tokenizer = null)
    {
        if (rules.ToolUse == ToolUse.Required && rules.Tools.Count == 0)
        {
            throw new ArgumentException("a tool call is required and there is no tool");
        }

        _rules = rules;
        _special = rules.Special;
        _vocabulary = vocabulary;
        _forcedText = new ForcedText(vocabulary, tokenizer);
        Enter(rules.ThinkingOpen ? TurnState.Thinking : TurnState.Content);
    }

    private bool MayCall => _rules.ToolUse != ToolUse.None && _rules.Tools.Count > 0;

    /// <summary>Whether the answer may end without calls.</summary>
    private bool MayEnd => _rules.ToolUse != ToolUse.Required && (_matcher is null || _matcher.IsComplete);

    public bool TryFillMask(Span<ulong> allowedBits)
    {
        int only = OnlyToken();
        if (only >= 0)
        {
            Allow(only, allowedBits);
            return true;
        }

        switch (_state)
        {
            case TurnState.Thinking:
                _vocabulary.CopyOrdinary(allowedBits);
                Allow(_special.ThinkEnd, allowedBits);
                AllowSection(allowedBits);
                if (_rules.Content is null && MayEnd)
                {
                    AllowStops(allowedBits);
                }

                return true;
            case TurnState.Content:
                FillContent(allowedBits);
                return true;
            case TurnState.CallId or TurnState.Arguments when _matcher is not null:
                _matcher.FillMask(allowedBits);
                return true;
            case TurnState.AfterCall:
                Allow(_special.ToolCallBegin, allowedBits);
                Allow(_special.ToolSectionEnd, allowedBits);
                return true;
            default:
                return false;
        }
    }

    public void Accept(int tokenId)
    {
        switch (_state)
        {
            case TurnState.Thinking when tokenId == _special.ThinkEnd:
                Enter(TurnState.Content);
                break;
            case TurnState.Thinking or TurnState.Content when tokenId == _special.ToolSectionBegin && MayCall:
                Enter(TurnState.Section);
                break;
            case TurnState.Thinking or TurnState.Content or TurnState.AfterSection when _special.IsStop(tokenId):
                Enter(TurnState.Ended);
                break;
            case TurnState.Thinking or TurnState.Content:
                AcceptText(tokenId);
                break;
            case TurnState.Section or TurnState.AfterCall when tokenId == _special.ToolCallBegin:
                Enter(TurnState.CallId);
                break;
            case TurnState.AfterCall when tokenId == _special.ToolSectionEnd:
                Enter(TurnState.AfterSection);
                break;
            case TurnState.CallId when tokenId == _special.ToolArgumentBegin:
                Enter(TurnState.Arguments);
                break;
            case TurnState.Arguments when tokenId == _special.ToolCallEnd:
                Enter(TurnState.AfterCall);
                break;
            case TurnState.CallId:
                _callId.AddRange(_vocabulary.BytesOf(tokenId));
                AcceptInside(tokenId);
                break;
            case TurnState.Arguments:
                AcceptInside(tokenId);
                break;
            case TurnState.Ended:
                break;
            default:
                throw new InvalidOperationException($"token {tokenId} may not come in state {_state}");
        }
    }

    public ReadOnlySpan<int> TakeForcedTokens()
    {
        _forced.Clear();
        bool more = true;
        while (more)
        {
            int only = OnlyToken();
            if (only >= 0)
            {
                _forced.Add(only);
                Accept(only);
                continue;
            }

            int before = _forced.Count;
            more = HoldsToGrammar() && _forcedText.TryTake(_matcher!, _forced); // HoldsToGrammar: the matcher is there
            if (more && _state == TurnState.CallId)
            {
                for (int i = before; i < _forced.Count; i++)
                {
                    _callId.AddRange(_vocabulary.BytesOf(_forced[i]));
                }
            }

            _textBegun |= more && _state == TurnState.Content;
        }

        return CollectionsMarshal.AsSpan(_forced);
    }

    /// <summary>Whether the next bytes are the grammar's alone: before the text a tool section may begin instead.</summary>
    private bool HoldsToGrammar() =>
        _matcher is not null && (_state is TurnState.CallId or TurnState.Arguments || (_state == TurnState.Content && (_textBegun || !MayCall)));

    /// <summary>The one token that may come, where markers leave no choice, or -1.</summary>
    private int OnlyToken() => _state switch
    {
        TurnState.Content when _rules.ToolUse == ToolUse.Required => _special.ToolSectionBegin,
        TurnState.Content when _rules.Content is not null && _textBegun && _matcher is { IsFinished: true } => _special.ImEnd,
        TurnState.Section => _special.ToolCallBegin,
        TurnState.CallId when _matcher is { IsFinished: true } => _special.ToolArgumentBegin,
        TurnState.Arguments when _matcher is { IsFinished: true } => _special.ToolCallEnd,
        TurnState.AfterCall when !_rules.Parallel => _special.ToolSectionEnd,
        TurnState.AfterSection => _special.ImEnd,
        _ => -1,
    };

    private void Enter(TurnState state)
    {
        _state = state;
        _tail.Clear();
        switch (state)
        {
            case TurnState.Content:
                _matcher = _rules.Content is null ? null : new GrammarMatcher(_rules.Content, _vocabulary);
                BeginText();
                break;
            case TurnState.CallId:
                int index = _rules.PriorCallCount + _calls++;
                _callId.Clear();
                _matcher = new GrammarMatcher(CompiledGrammar.OfTexts(_rules.Tools.Select(tool => CallId(tool, index))), _vocabulary);
                break;
            case TurnState.Arguments:
                string id = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_callId));
                int current = _rules.PriorCallCount + _calls - 1;
                _matcher = new GrammarMatcher(_rules.Tools.First(tool => CallId(tool, current) == id).Arguments, _vocabulary);
                break;
            default:
                _matcher = null;
                break;
        }
    }

    private void BeginText()
    {
        _textBegun = _matcher is not null && _rules.ContentPrefix.Length > 0;
        if (_textBegun && !_matcher!.TryAccept(Encoding.UTF8.GetBytes(_rules.ContentPrefix))) // _textBegun: the matcher is there
        {
            throw new RequestRefusedException(
                _rules.ContentPrefixField, $"{_rules.ContentPrefixField} cannot be continued to the format that response_format asks for");
        }
    }

    private static string CallId(ToolGrammar tool, int index) => $"functions.{tool.Name}:{index}";

    private void FillContent(Span<ulong> allowed)
    {
        if (_matcher is null)
        {
            _vocabulary.CopyOrdinary(allowed);
        }
        else
        {
            _matcher.FillMask(allowed);
        }

        if (_matcher is null || !_textBegun)
        {
            AllowSection(allowed);
        }

        if (MayEnd)
        {
            AllowStops(allowed);
        }
    }

    private void AllowSection(Span<ulong> allowed)
    {
        if (MayCall)
        {
            Allow(_special.ToolSectionBegin, allowed);
        }
    }

    private void AllowStops(Span<ulong> allowed)
    {
        Allow(_special.ImEnd, allowed);
        Allow(_special.Eos, allowed);
        Allow(_special.Eot, allowed);
    }

    private static void Allow(int tokenId, Span<ulong> allowed)
    {
        if (tokenId >> 6 < allowed.Length)
        {
            allowed[tokenId >> 6] |= 1UL << tokenId;
        }
    }

    private void AcceptText(int tokenId)
    {
        if (_state == TurnState.Content && _matcher is not null)
        {
            _textBegun = true;
            AcceptInside(tokenId);
            return;
        }

        if (!MayCall)
        {
            return;
        }

        _tail.AddRange(_vocabulary.BytesOf(tokenId));
        if (CollectionsMarshal.AsSpan(_tail).IndexOf(_spelledSection) >= 0)
        {
            Enter(TurnState.Section);
        }
        else if (_tail.Count >= _spelledSection.Length)
        {
            _tail.RemoveRange(0, _tail.Count - _spelledSection.Length + 1);
        }
    }

    private void AcceptInside(int tokenId)
    {
        if (_matcher is null || !_matcher.TryAcceptToken(tokenId))
        {
            throw new InvalidOperationException($"token {tokenId} may not come in state {_state}");
        }
    }
}
