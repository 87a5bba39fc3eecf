using System.Text;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Kimi.Output;

/// <summary>
/// One stream of text from tokens: joins characters, looks for stop texts, and hands each token's log probability out
/// with the text that the token completes. A token that a stop text cuts is not told: its probability is not that of the
/// part that was sent.
/// </summary>
internal sealed class TextChannel(StopMatcher? matcher)
{
    private readonly Utf8Joiner _joiner = new();
    private readonly StringBuilder _joined = new();
    private readonly StringBuilder _ready = new();
    private readonly Queue<(long EndChar, TokenLogprob Logprob)> _waiting = [];
    private long _joinedChars;
    private long _sentChars;

    /// <summary>The stop text that ended the stream, or null.</summary>
    public string? Found => matcher?.Found;

    /// <summary>Whether any token was taken.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Takes one token; afterwards <see cref="TryTake"/> may have something.</summary>
    public void Push(ReadOnlySpan<byte> bytes, TokenLogprob? logprob)
    {
        HasStarted = true;
        _joiner.Push(bytes, _joined);
        Forward();
        if (logprob is not null)
        {
            // A token that ends inside a character is complete with the character after those joined so far.
            _waiting.Enqueue((_joinedChars + (_joiner.PendingBytes > 0 ? 1 : 0), logprob));
        }
    }

    /// <summary>Ends the stream: all that waits goes out.</summary>
    public void Flush()
    {
        _joiner.Flush(_joined);
        Forward();
        matcher?.Flush(_ready);
    }

    /// <summary>Takes the text that may go out, with the log probabilities of the tokens it completes.</summary>
    public bool TryTake(out string text, out IReadOnlyList<TokenLogprob>? logprobs)
    {
        text = _ready.ToString();
        _ready.Clear();
        _sentChars += text.Length;
        List<TokenLogprob>? complete = null;
        while (_waiting.TryPeek(out (long EndChar, TokenLogprob Logprob) next) && next.EndChar <= _sentChars)
        {
            (complete ??= []).Add(_waiting.Dequeue().Logprob);
        }

        logprobs = complete;
        return text.Length > 0 || complete is not null;
    }

    private void Forward()
    {
        _joinedChars += _joined.Length;
        if (matcher is null)
        {
            _ready.Append(_joined);
        }
        else
        {
            foreach (ReadOnlyMemory<char> chunk in _joined.GetChunks())
            {
                matcher.Push(chunk.Span, _ready);
            }
        }

        _joined.Clear();
    }
}
