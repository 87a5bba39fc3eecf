using System.Globalization;
using System.Text;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Output;

/// <summary>
/// Puts one answer's tool calls together: id text → name and wire id <c>name:index</c>, arguments as they come, without
/// the white space around them. A call without a name is dropped; arguments the model left out are an empty object.
/// </summary>
internal sealed class ToolCallReader(int choice, int priorCallCount)
{
    private readonly StringBuilder _id = new();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _heldWhite = new();
    private Utf8Joiner _joiner = new();
    private bool _isOpen;
    private bool _hasArguments;

    /// <summary>Calls opened so far.</summary>
    public int CallCount { get; private set; }

    public void BeginId()
    {
        _id.Clear();
        _joiner = new Utf8Joiner();
    }

    public void PushId(ReadOnlySpan<byte> bytes) => _joiner.Push(bytes, _id);

    /// <summary>The id is complete: opens the call.</summary>
    public void BeginArguments(List<ChatEvent> events)
    {
        _joiner.Flush(_id);
        _heldWhite.Clear();
        _hasArguments = false;
        string name = CallName.FromId(_id.ToString());
        _isOpen = name.Length > 0;
        if (_isOpen)
        {
            string wireId = string.Create(CultureInfo.InvariantCulture, $"{name}:{priorCallCount + CallCount}");
            events.Add(new ChatEvent.ToolCallStart(choice, CallCount, wireId, name));
            CallCount++;
        }
    }

    public void PushArguments(ReadOnlySpan<byte> bytes, List<ChatEvent> events)
    {
        _joiner.Push(bytes, _text);
        Send(events);
    }

    /// <summary>The call is complete, or as complete as it will be.</summary>
    /// <param name="events">Where what is left goes.</param>
    /// <param name="isCut">The budget ended inside the call: then nothing is added.</param>
    public void End(List<ChatEvent> events, bool isCut)
    {
        _joiner.Flush(_text);
        Send(events);
        if (_isOpen && !_hasArguments && !isCut)
        {
            events.Add(new ChatEvent.ToolCallArguments(choice, CallCount - 1, "{}"));
        }

        _isOpen = false;
    }

    private void Send(List<ChatEvent> events)
    {
        string text = _text.ToString();
        _text.Clear();
        if (!_hasArguments)
        {
            text = text.TrimStart();
        }

        if (!_isOpen || text.Length == 0)
        {
            return;
        }

        string visible = text.TrimEnd();
        if (visible.Length > 0)
        {
            events.Add(new ChatEvent.ToolCallArguments(choice, CallCount - 1, _heldWhite.Append(visible).ToString()));
            _heldWhite.Clear();
            _hasArguments = true;
        }

        _heldWhite.Append(text, visible.Length, text.Length - visible.Length);
    }
}
