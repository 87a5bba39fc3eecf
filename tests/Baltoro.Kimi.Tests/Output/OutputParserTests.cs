using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Output;

public class OutputParserTests
{
    private const string Call0 = "<|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{\"city\": \"Paris\"}<|tool_call_end|>";
    private static readonly OutputParserOptions _thinking = new() { ReasoningOpen = true };
    private static readonly OutputParserOptions _plain = new();

    [Fact]
    public void Parse_ThoughtAndAnswer_AreSeparated()
    {
        Answer answer = Answer.Parse("let me see</think>It is 世界.<|im_end|>", _thinking);
        Assert.Equal(("let me see", "It is 世界.", ChatFinishReason.Stop), (answer.Reasoning, answer.Text, answer.Reason));
        Assert.True(answer.AskedToEnd);
    }

    [Fact]
    public void Parse_NoThoughtOpen_IsAllText()
    {
        Answer answer = Answer.Parse("hello</think> there[EOS]", _plain);
        Assert.Equal(("", "hello there", ChatFinishReason.Stop), (answer.Reasoning, answer.Text, answer.Reason));
    }

    [Fact]
    public void Parse_ModelOpensItsThought_IsReasoning()
    {
        Answer answer = Answer.Parse("<think>hm</think>yes<think>no<|im_end|>", _plain);
        Assert.Equal(("hm", "yesno"), (answer.Reasoning, answer.Text));
    }

    [Fact]
    public void Parse_BudgetUsedUp_IsLength()
    {
        Answer answer = Answer.Parse("thinking on", _thinking, lengthReached: true);
        Assert.Equal(("thinking on", "", ChatFinishReason.Length), (answer.Reasoning, answer.Text, answer.Reason));
    }

    [Fact]
    public void Parse_BudgetUsedUpWithTheStopToken_IsStop() =>
        Assert.Equal(ChatFinishReason.Stop, Answer.Parse("done<|im_end|>", _plain, lengthReached: true).Reason);

    [Fact]
    public void Parse_ToolCalls_GiveNameWireIdAndArguments()
    {
        Answer answer = Answer.Parse(
            $"plan</think>I will look.<|tool_calls_section_begin|>{Call0}<|tool_call_begin|> functions.mcp.read-file_2:1 <|tool_call_argument_begin|> {{\"a\": [1, 2]}}\n<|tool_call_end|><|tool_calls_section_end|><|im_end|>",
            _thinking with { PriorCallCount = 3 });
        Assert.Equal("plan", answer.Reasoning);
        Assert.Equal("I will look.", answer.Text);
        Assert.Equal(
            [new ToolCall("get_weather:3", "get_weather", "{\"city\": \"Paris\"}"), new ToolCall("mcp.read-file_2:4", "mcp.read-file_2", "{\"a\": [1, 2]}")],
            answer.Calls);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.Reason);
    }

    [Fact]
    public void Parse_SectionInsideOpenThought_EndsTheThought()
    {
        Answer answer = Answer.Parse($"I need <|tool_calls_section_begin|>{Call0}<|tool_calls_section_end|><|im_end|>", _thinking);
        Assert.Equal(("I need ", "", 1), (answer.Reasoning, answer.Text, answer.Calls.Count));
    }

    [Theory]
    [InlineData("<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"x\": 1}<|im_end|>")]
    [InlineData("<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"x\": 1}<|tool_calls_section_end|><|im_end|>")]
    [InlineData("<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"x\": 1}<|tool_call_end|>")]
    [InlineData("<|tool_call_begin|>f<|tool_call_argument_begin|>{\"x\": 1}<|tool_call_end|><|im_end|>")]
    [InlineData("<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"x\": 1}<|tool_call_end|><|tool_calls_section_end|>\nbla bla")]
    public void Parse_MissingMarkers_CloseWhatIsOpen(string spelled)
    {
        Answer answer = Answer.Parse(spelled, _plain);
        Assert.Equal([new ToolCall("f:0", "f", "{\"x\": 1}")], answer.Calls);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.Reason);
        Assert.Equal("", answer.Text);
    }

    [Fact]
    public void Parse_MissingCallEndBeforeTheNextCall_GivesBoth()
    {
        Answer answer = Answer.Parse(
            "<|tool_calls_section_begin|><|tool_call_begin|>a:0<|tool_call_argument_begin|>{}<|tool_call_begin|>b:1<|tool_call_argument_begin|>{}<|im_end|>", _plain);
        Assert.Equal(["a", "b"], answer.Calls.Select(c => c.Name));
    }

    [Fact]
    public void Parse_CallWithoutArguments_GetsAnEmptyObject()
    {
        Answer answer = Answer.Parse("<|tool_calls_section_begin|><|tool_call_begin|>functions.now:0<|tool_call_end|><|im_end|>", _plain);
        Assert.Equal([new ToolCall("now:0", "now", "{}")], answer.Calls);
    }

    [Fact]
    public void Parse_CallWithoutName_IsDropped()
    {
        Answer answer = Answer.Parse("<|tool_calls_section_begin|><|tool_call_begin|>functions.:0<|tool_call_argument_begin|>{}<|tool_call_end|><|im_end|>", _plain);
        Assert.Empty(answer.Calls);
        Assert.Equal(ChatFinishReason.Stop, answer.Reason);
    }

    [Fact]
    public void Parse_BudgetUsedUpInsideACall_IsLengthAndAddsNothing()
    {
        Answer answer = Answer.Parse("<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"ci", _plain, lengthReached: true);
        Assert.Equal([new ToolCall("f:0", "f", "{\"ci")], answer.Calls);
        Assert.Equal(ChatFinishReason.Length, answer.Reason);
    }

    [Fact]
    public void Parse_SectionMisspelledAsText_IsReadAsSectionWhenToolsExist()
    {
        const string Spelled = "ok <|tool_call_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_call_section_end|><|im_end|>";
        Answer answer = Answer.Parse(Spelled, new OutputParserOptions { HasTools = true });
        Assert.Equal(("ok ", 1, ChatFinishReason.ToolCalls), (answer.Text, answer.Calls.Count, answer.Reason));
    }

    [Fact]
    public void Parse_SectionMisspelledInsideAThought_IsStillACall()
    {
        Answer answer = Answer.Parse("hm<|tool_call_section_begin|>" + Call0 + "<|im_end|>", _thinking with { HasTools = true });
        Assert.Equal(("hm", "", ChatFinishReason.ToolCalls), (answer.Reasoning, answer.Text, answer.Reason));
        Assert.Single(answer.Calls);
    }

    [Fact]
    public void Parse_BudgetUsedUpBeforeTheArguments_LeavesNoEmptyCall()
    {
        Answer answer = Answer.Parse(
            "<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>", _plain, lengthReached: true);
        Assert.Equal(ChatFinishReason.Length, answer.Reason);
        Assert.Empty(answer.Calls);
    }

    [Fact]
    public void Parse_SpelledMarkerInATextWithAGrammar_StaysText()
    {
        const string Json = "{\"a\":\"<|tool_call_section_begin|>\"}";
        Answer answer = Answer.Parse(Json, _plain with { HasTools = true, HasTextGrammar = true });
        Assert.Equal((Json, ChatFinishReason.Stop), (answer.Text, answer.Reason));
    }

    [Fact]
    public void Push_TenMegabytesOfArguments_LosesNothing()
    {
        const int Size = 10_000_000;
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        OutputParser parser = new(tokenizer, _plain);
        List<ChatEvent> events = [];
        parser.Push(tokenizer.Special.ToolSectionBegin, null, events);
        parser.Push(tokenizer.Special.ToolCallBegin, null, events);
        List<int> id = [];
        tokenizer.Encode("functions.f:0", id);
        id.ForEach(token => parser.Push(token, null, events));
        parser.Push(tokenizer.Special.ToolArgumentBegin, null, events);
        long chars = 0;
        for (int i = 0; i < Size; i++)
        {
            parser.Push(i % 97 == 0 ? ' ' : 'a', null, events);
            chars += events.OfType<ChatEvent.ToolCallArguments>().Sum(piece => (long)piece.Json.Length);
            events.Clear();
        }

        parser.Push(tokenizer.Special.ToolCallEnd, null, events);
        parser.Complete(budgetUsedUp: false, events);
        Assert.Equal(Size - 1, chars); // The white space before the first character is not part of the arguments.
        Assert.Equal(new ChatEvent.Finish(0, ChatFinishReason.ToolCalls), Assert.Single(events));
    }

    [Fact]
    public void Parse_MarkersSpelledAsText_StayText()
    {
        const string Spelled = "<|im_end|><think></think><|tool_calls_section_begin|><|tool_call_begin|>";
        List<int> ids = [.. TinyTokenizer.Get().Encode(Spelled)];
        Assert.Equal(Spelled, Answer.Parse(ids, new OutputParserOptions { HasTools = true }).Text);
        Assert.Equal(Spelled, Answer.Parse(ids, _thinking).Reasoning);
    }

    [Fact]
    public void Parse_AnySpecialToken_NeverLeaksIntoText()
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        for (int id = tokenizer.RankCount; id < tokenizer.VocabularySize; id++)
        {
            foreach (OutputParserOptions options in new[] { _plain, _thinking })
            {
                Answer answer = Answer.Parse([97, id, 98], options);
                Assert.DoesNotContain("<", answer.Text + answer.Reasoning);
                Assert.DoesNotContain("[", answer.Text + answer.Reasoning);
            }
        }
    }

    [Fact]
    public void Parse_StopText_EndsTheAnswerAndIsNotOutput()
    {
        Answer answer = Answer.Parse("STOP is thought</think>one two STOP three<|im_end|>", _thinking with { Stop = ["STOP"] });
        Assert.Equal(("STOP is thought", "one two ", ChatFinishReason.Stop), (answer.Reasoning, answer.Text, answer.Reason));
        Assert.True(answer.AskedToEnd);
    }

    [Fact]
    public void Push_TokensAfterTheStop_AreNotCounted()
    {
        OutputParser parser = new(TinyTokenizer.Get(), _plain with { Stop = ["b"] });
        List<ChatEvent> events = [];
        Assert.False(parser.Push('a', null, events));
        Assert.True(parser.Push('b', null, events));
        Assert.True(parser.Push('c', null, events));
        Assert.Equal(2, parser.CompletionTokens);
    }

    [Fact]
    public void Push_Reasoning_CountsItsTokensWithoutTheMarker()
    {
        OutputParser parser = new(TinyTokenizer.Get(), _thinking);
        List<ChatEvent> events = [];
        foreach (int id in Answer.Ids("abc</think>de<|im_end|>", byteByByte: true))
        {
            parser.Push(id, null, events);
        }

        Assert.Equal((7, 3), (parser.CompletionTokens, parser.ReasoningTokens));
    }

    [Fact]
    public void Parse_RandomAnswers_DoNotDependOnTheTokens()
    {
        Random random = new(Seeds.Next());
        string[] parts =
        [
            "the ", "世界", "😀", "é", "</think>", "<think>", "<|tool_calls_section_begin|>", "<|tool_call_begin|>", "functions.f:0", "<|tool_call_argument_begin|>",
            "{\"a\": 1}", " ", "<|tool_call_end|>", "<|tool_calls_section_end|>", "ST", "STOP", "<|tool_call_section_begin|>", "<|im_middle|>", "\n", "llo",
        ];
        for (int i = 0; i < 3_000; i++)
        {
            string spelled = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => parts[random.Next(parts.Length)]));
            OutputParserOptions options = new() { ReasoningOpen = random.Next(2) == 0, HasTools = random.Next(2) == 0, Stop = random.Next(2) == 0 ? ["STOP", "世界the"] : [] };
            bool isCut = random.Next(2) == 0;
            Answer merged = Answer.Parse(spelled, options, isCut);
            Answer bytes = Answer.Parse(spelled, options, isCut, byteByByte: true);
            Assert.True(
                (merged.Reasoning, merged.Text, merged.Reason) == (bytes.Reasoning, bytes.Text, bytes.Reason) && merged.Calls.SequenceEqual(bytes.Calls),
                $"{spelled}\n{merged}\n{bytes}");
        }
    }
}
