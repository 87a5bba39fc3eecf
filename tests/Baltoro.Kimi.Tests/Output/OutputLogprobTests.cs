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

    /// <summary>Pushes a text byte by byte, each byte with a log probability.</summary>
    private static List<ChatEvent> Push(OutputParserOptions options, string text)
    {
        OutputParser parser = new(TinyTokenizer.Get(), options);
        List<ChatEvent> events = [];
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            parser.Push(b, new TokenLogprob(new[] { b }, -1, []), events);
        }

        parser.Complete(false, events);
        return events;
    }
}
