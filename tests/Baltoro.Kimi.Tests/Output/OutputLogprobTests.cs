using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Output;

public class OutputLogprobTests
{
    [Fact]
    public void Push_CharacterOverSeveralTokens_SendsTheirLogprobsWithIt()
    {
        List<ChatEvent> events = Push(new OutputParserOptions(), "a😀b");
        Assert.Equal(["a", "😀", "b"], events.OfType<ChatEvent.TextDelta>().Select(d => d.Text));
        Assert.Equal([1, 4, 1], events.OfType<ChatEvent.TextDelta>().Select(d => d.Logprobs!.Count));
    }

    [Fact]
    public void Push_HeldBackText_SendsLogprobsWhenItIsSent()
    {
        List<ChatEvent> events = Push(new OutputParserOptions { Stop = ["xyz"] }, "axyb");
        Assert.Equal(["a", "xyb"], events.OfType<ChatEvent.TextDelta>().Select(d => d.Text));
        Assert.Equal([1, 3], events.OfType<ChatEvent.TextDelta>().Select(d => d.Logprobs!.Count));
    }

    [Fact]
    public void Push_StopText_SendsNoLogprobsOfItsTokens()
    {
        List<ChatEvent> events = Push(new OutputParserOptions { Stop = ["xyz"] }, "abxyzc");
        Assert.Equal(2, events.OfType<ChatEvent.TextDelta>().Sum(d => d.Logprobs?.Count ?? 0));
    }

    [Fact]
    public void Push_TokenCutByAStopText_SendsNoLogprobOfIt()
    {
        // The token "the" is of both: its "t" is sent, its "he" begins the stop text.
        List<ChatEvent> events = PushIds(new OutputParserOptions { Stop = ["he!"] }, [.. TinyTokenizer.Get().Encode("a"), .. TinyTokenizer.Get().Encode("the"), .. TinyTokenizer.Get().Encode("!")]);
        Assert.Equal("at", string.Concat(events.OfType<ChatEvent.TextDelta>().Select(d => d.Text)));
        Assert.Equal(["61"], Told(events));
    }

    [Fact]
    public void Push_StopBehindAWholeCharacter_KeepsItsTokens()
    {
        List<ChatEvent> events = Push(new OutputParserOptions { Stop = ["é!"] }, "世é!");
        Assert.Equal("世", string.Concat(events.OfType<ChatEvent.TextDelta>().Select(d => d.Text)));
        Assert.Equal(3, Told(events).Count);
    }

    [Fact]
    public void Push_RandomAnswersAndStops_TellExactlyTheTokensThatWereSentWhole()
    {
        Random random = new(Seeds.Next());
        string[] pieces = ["a", "the", "user", "sys", "é", "世", "😀", " ", "he", "x"];
        int cut = 0;
        for (int i = 0; i < 3_000; i++)
        {
            string whole = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            string stop = string.Concat(Enumerable.Range(0, random.Next(1, 3)).Select(_ => pieces[random.Next(pieces.Length)]));
            int[] ids = TinyTokenizer.Get().Encode(whole);
            List<ChatEvent> events = PushIds(new OutputParserOptions { Stop = [stop] }, ids);
            int at = whole.IndexOf(stop, StringComparison.Ordinal);
            string sent = at < 0 ? whole : whole[..at];
            List<byte[]> expected = [];
            int end = 0;
            foreach (byte[] bytes in ids.Select(id => TinyTokenizer.Get().TokenBytes(id).ToArray()))
            {
                end += bytes.Length;
                cut += end > Encoding.UTF8.GetByteCount(sent) && end - bytes.Length < Encoding.UTF8.GetByteCount(sent) ? 1 : 0;
                if (end <= Encoding.UTF8.GetByteCount(sent))
                {
                    expected.Add(bytes);
                }
            }

            Assert.Equal(sent, string.Concat(events.OfType<ChatEvent.TextDelta>().Select(d => d.Text)));
            Assert.True(expected.Select(Convert.ToHexString).SequenceEqual(Told(events)), $"{whole} stop {stop}: told {string.Join('|', Told(events))}");
        }

        Assert.True(cut > 10, $"only {cut} tokens were cut");
    }

    [Fact]
    public void Push_RandomAnswers_SendEveryLogprobOnceInOrder()
    {
        Random random = new(Seeds.Next());
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => new[] { "a", "x", "y", "é", "世", "😀" }[random.Next(6)]));
            List<ChatEvent> events = Push(new OutputParserOptions { Stop = ["xyzz"] }, text);
            byte[] bytes = [.. events.OfType<ChatEvent.TextDelta>().SelectMany(d => d.Logprobs ?? []).SelectMany(l => l.Bytes.ToArray())];
            Assert.Equal(text, Encoding.UTF8.GetString(bytes));
            Assert.Equal(text, string.Concat(events.OfType<ChatEvent.TextDelta>().Select(d => d.Text)));
        }
    }

    /// <summary>Bytes of the tokens whose log probabilities were sent.</summary>
    private static List<string> Told(List<ChatEvent> events) =>
        [.. events.OfType<ChatEvent.TextDelta>().SelectMany(d => d.Logprobs ?? []).Select(l => Convert.ToHexString(l.Bytes.Span))];

    /// <summary>Pushes a text byte by byte, each byte with a log probability.</summary>
    private static List<ChatEvent> Push(OutputParserOptions options, string text) =>
        PushIds(options, [.. Encoding.UTF8.GetBytes(text).Select(value => (int)value)]);

    /// <summary>Pushes tokens, each with a log probability.</summary>
    private static List<ChatEvent> PushIds(OutputParserOptions options, IReadOnlyList<int> ids)
    {
        OutputParser parser = new(TinyTokenizer.Get(), options);
        List<ChatEvent> events = [];
        foreach (int id in ids)
        {
            parser.Push(id, new TokenLogprob(TinyTokenizer.Get().TokenBytes(id), -1, []), events);
        }

        parser.Complete(false, events);
        return events;
    }
}
