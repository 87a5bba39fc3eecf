using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;

namespace Baltoro.Server.Streaming;

/// <summary>Log probabilities in OpenAI's shape. Only tokens of the answer are reported, not those of the thinking.</summary>
internal static class LogprobWriter
{
    /// <summary>JSON has no infinity; this is what OpenAI writes for "as good as impossible".</summary>
    private const double LeastLogprob = -9999.0;

    public static LogprobBlock? BlockOf(IReadOnlyList<TokenLogprob>? tokens) =>
        tokens is { Count: > 0 } ? new LogprobBlock(EntriesOf(tokens)) : null;

    public static List<LogprobEntry> EntriesOf(IReadOnlyList<TokenLogprob> tokens) =>
        [.. tokens.Select(token => EntryOf(token) with { TopLogprobs = [.. token.Top.Select(EntryOf)], Forced = token.Forced ? true : null })];

    private static LogprobEntry EntryOf(TokenLogprob token) => new()
    {
        Token = Encoding.UTF8.GetString(token.Bytes.Span),
        Logprob = double.IsFinite(token.Logprob) ? Math.Max(token.Logprob, LeastLogprob) : LeastLogprob,
        Bytes = [.. token.Bytes.ToArray().Select(value => (int)value)],
    };
}
