using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Completions;

namespace Baltoro.Server.Completions;

/// <summary>Text pieces of one choice → the old shape, with offsets into the whole text.</summary>
internal sealed class CompletionText(string echo)
{
    /// <summary>JSON has no infinity; this is what OpenAI writes for "as good as impossible".</summary>
    private const double LeastLogprob = -9999.0;

    private int _chars = echo.Length;

    /// <summary>The prompt where it is to be repeated; empty otherwise.</summary>
    public string Echo => echo;

    /// <summary>Log probabilities of the prompt, which the text begins with.</summary>
    public static CompletionLogprobs Take(ChatEvent.PromptTokens prompt)
    {
        List<int> offsets = [];
        int chars = 0;
        foreach (TokenLogprob token in prompt.Tokens)
        {
            offsets.Add(chars);
            chars += TextOf(token).Length;
        }

        return Build(prompt.Tokens, offsets);
    }

    /// <summary>Log probabilities of a piece, or null when it has none. Call for every piece, in order.</summary>
    public CompletionLogprobs? Take(ChatEvent.TextDelta delta)
    {
        int end = _chars + delta.Text.Length;
        if (delta.Logprobs is not { Count: > 0 } tokens)
        {
            _chars = end;
            return null;
        }

        List<int> offsets = [];
        foreach (TokenLogprob token in tokens)
        {
            offsets.Add(_chars);
            _chars = Math.Min(end, _chars + TextOf(token).Length);
        }

        _chars = end;
        return Build(tokens, offsets);
    }

    /// <summary>The lists of several pieces as one.</summary>
    public static CompletionLogprobs Join(IReadOnlyList<CompletionLogprobs> pieces) => new(
        [.. pieces.SelectMany(piece => piece.Tokens)],
        [.. pieces.SelectMany(piece => piece.TokenLogprobs)],
        [.. pieces.SelectMany(piece => piece.TopLogprobs)],
        [.. pieces.SelectMany(piece => piece.TextOffset)]);

    private static CompletionLogprobs Build(IReadOnlyList<TokenLogprob> tokens, List<int> offsets) =>
        new([.. tokens.Select(TextOf)], [.. tokens.Select(LogprobOf)], [.. tokens.Select(TopOf)], offsets);

    private static Dictionary<string, double>? TopOf(TokenLogprob token)
    {
        if (double.IsNaN(token.Logprob))
        {
            return null;
        }

        Dictionary<string, double> top = new(StringComparer.Ordinal);
        foreach (TokenLogprob other in token.Top)
        {
            // Tokens that show the same text: the likelier one stands.
            top.TryAdd(TextOf(other), LogprobOf(other) ?? LeastLogprob);
        }

        return top;
    }

    private static string TextOf(TokenLogprob token) => Encoding.UTF8.GetString(token.Bytes.Span);

    private static double? LogprobOf(TokenLogprob token) => double.IsNaN(token.Logprob)
        ? null
        : double.IsFinite(token.Logprob) ? Math.Max(token.Logprob, LeastLogprob) : LeastLogprob;
}
