using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>What a parser made of an answer, put together.</summary>
internal sealed record Answer(string Reasoning, string Text, IReadOnlyList<ToolCall> Calls, ChatFinishReason Reason, bool AskedToEnd)
{
    public IReadOnlyList<ChatEvent> Events { get; init; } = [];

    /// <summary>Ids of a text in which special tokens are spelled by name.</summary>
    public static List<int> Ids(string spelled, bool byteByByte = false)
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        List<int> ids = [];
        int position = 0;
        while (position < spelled.Length)
        {
            int special = SpecialAt(tokenizer, spelled, position, out int length);
            if (special >= 0)
            {
                ids.Add(special);
                position += length;
                continue;
            }

            int end = position + 1;
            while (end < spelled.Length && SpecialAt(tokenizer, spelled, end, out _) < 0)
            {
                end++;
            }

            string text = spelled[position..end];
            ids.AddRange(byteByByte ? Encoding.UTF8.GetBytes(text).Select(b => (int)b) : tokenizer.Encode(text));
            position = end;
        }

        return ids;
    }

    public static Answer Parse(string spelled, OutputParserOptions options, bool lengthReached = false, bool byteByByte = false) =>
        Parse(Ids(spelled, byteByByte), options, lengthReached);

    public static Answer Parse(IReadOnlyList<int> ids, OutputParserOptions options, bool lengthReached = false)
    {
        OutputParser parser = new(TinyTokenizer.Get(), options);
        List<ChatEvent> events = [];
        bool ended = false;
        foreach (int id in ids)
        {
            ended = parser.Push(id, null, events);
        }

        parser.Complete(lengthReached, events);
        return From(events, ended);
    }

    public static Answer From(IReadOnlyList<ChatEvent> events, bool ended)
    {
        StringBuilder reasoning = new();
        StringBuilder text = new();
        List<ToolCall> calls = [];
        ChatFinishReason? reason = null;
        foreach (ChatEvent e in events)
        {
            Assert.Null(reason);
            switch (e)
            {
                case ChatEvent.ReasoningDelta delta:
                    Assert.True(text.Length == 0 && calls.Count == 0, "reasoning after text or calls");
                    reasoning.Append(delta.Text);
                    break;
                case ChatEvent.TextDelta delta:
                    Assert.True(calls.Count == 0, "text after calls");
                    text.Append(delta.Text);
                    break;
                case ChatEvent.ToolCallStart start:
                    Assert.Equal(calls.Count, start.CallIndex);
                    calls.Add(new ToolCall(start.Id, start.Name, ""));
                    break;
                case ChatEvent.ToolCallArguments arguments:
                    Assert.Equal(calls.Count - 1, arguments.CallIndex);
                    calls[^1] = calls[^1] with { Arguments = calls[^1].Arguments + arguments.Json };
                    break;
                case ChatEvent.Finish finish:
                    reason = finish.Reason;
                    break;
                default:
                    Assert.Fail($"unexpected {e}");
                    break;
            }
        }

        return new Answer(reasoning.ToString(), text.ToString(), calls, reason!.Value, ended) { Events = events };
    }

    private static int SpecialAt(KimiTokenizer tokenizer, string text, int position, out int length)
    {
        for (int id = tokenizer.RankCount; text[position] is '<' or '[' && id < tokenizer.VocabularySize; id++)
        {
            string name = tokenizer.Decode([id]);
            if (string.CompareOrdinal(text, position, name, 0, name.Length) == 0)
            {
                length = name.Length;
                return id;
            }
        }

        length = 0;
        return -1;
    }
}
