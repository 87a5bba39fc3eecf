using System.Globalization;
using System.Text;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Output;

/// <summary>
/// Puts one answer's tool calls together: id text → name and wire id <c>name:index</c>, arguments as they come, without
/// the white space around them. A call without a name is dropped; arguments the model left out are an empty object. A call
/// is told with its first argument text, so that a budget that ends before it leaves no empty call.
/// </summary>
internal sealed class ToolCallReader(int choice, int priorCallCount)
{
    private readonly StringBuilder _id = new();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _heldWhite = new();
    private Utf8Joiner _joiner = new();
    private string _name = "";
    private bool _isOpen;
    private bool _hasArguments;

    /// <summary>Calls told so far.</summary>
    public int CallCount { get; private set; }

    public void BeginId()
    {
        _id.Clear();
        _joiner = new Utf8Joiner();
    }

    public void PushId(ReadOnlySpan<byte> bytes) => _joiner.Push(bytes, _id);

    /// <summary>The id is complete: the call's arguments follow.</summary>
    public void BeginArguments()
    {
        _joiner.Flush(_id);
        _heldWhite.Clear();
        _hasArguments = false;
        _name = CallName.FromId(_id.ToString());
        _isOpen = _name.Length > 0;
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
            Add("{}", events);
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
            Add(_heldWhite.Append(visible).ToString(), events);
            _heldWhite.Clear();
        }

        _heldWhite.Append(text, visible.Length, text.Length - visible.Length);
    }

    private void Add(string json, List<ChatEvent> events)
    {
        if (!_hasArguments)
        {
            _hasArguments = true;
            string wireId = string.Create(CultureInfo.InvariantCulture, $"{_name}:{priorCallCount + CallCount}");
            events.Add(new ChatEvent.ToolCallStart(choice, CallCount, wireId, _name));
            CallCount++;
        }

        events.Add(new ChatEvent.ToolCallArguments(choice, CallCount - 1, json));
    }
}
