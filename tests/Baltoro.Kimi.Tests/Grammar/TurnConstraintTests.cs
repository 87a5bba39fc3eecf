using System.Numerics;
using System.Text.Json;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Grammar.Turn;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Whole turns of a model that knows nothing, drawn under a constraint and read by the output parser.</summary>
public class TurnConstraintTests
{
    private const string Weather = """{"type":"object","properties":{"city":{"type":"string","maxLength":8},"days":{"type":"integer","minimum":1,"maximum":9}},"required":["city","days"],"additionalProperties":false}""";
    private static readonly KimiTokenizer Tokenizer = TinyTokenizer.Get();
    private static readonly TokenVocabulary Vocabulary = TokenVocabulary.FromTokenizer(Tokenizer);

    private static TurnRules Rules => new() { Special = Tokenizer.Special, ToolUse = ToolUse.Auto };

    private static ToolGrammar[] Tools =>
        [new("get_weather", Compiling.Compile(Weather)), new("get_weather_2", Compiling.Compile(Weather)), new("ping", Compiling.Compile("""{"type":"object","maxProperties":0}"""))];

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    public void RequiredTool_RandomTurns_AreValidCalls(bool thinking, bool parallel)
    {
        var random = new Random(Seeds.Next());
        for (int i = 0; i < 40; i++)
        {
            TurnRules rules = Rules with { ThinkingOpen = thinking, ToolUse = ToolUse.Required, Tools = Tools, Parallel = parallel, PriorCallCount = 3 };
            Answer answer = Draw(rules, random, out bool ended);
            Assert.True(ended);
            Assert.Equal("", answer.Text);
            Assert.Equal(ChatFinishReason.ToolCalls, answer.Reason);
            Assert.True(answer.Calls.Count >= 1 && (parallel || answer.Calls.Count == 1));
            for (int c = 0; c < answer.Calls.Count; c++)
            {
                AssertCall(answer.Calls[c]);
                Assert.EndsWith($":{3 + c}", answer.Calls[c].Id);
            }
        }
    }

    [Fact]
    public void AutoTool_RandomTurns_HaveValidCallsWhereverTheyBegin()
    {
        var random = new Random(Seeds.Next());
        int calls = 0;
        for (int i = 0; i < 150; i++)
        {
            Answer answer = Draw(Rules with { ThinkingOpen = random.Next(2) == 0, Tools = Tools }, random, out _);
            answer.Calls.ToList().ForEach(AssertCall);
            calls += answer.Calls.Count;
        }

        Assert.True(calls > 0, "no call was drawn");
    }

    [Fact]
    public void Content_UnderGrammar_IsADocumentAndThinkingIsFree()
    {
        var random = new Random(Seeds.Next());
        for (int i = 0; i < 40; i++)
        {
            bool thinking = random.Next(2) == 0;
            Answer answer = Draw(Rules with { ThinkingOpen = thinking, Content = Compiling.Compile(Weather) }, random, out bool ended);
            Assert.True(ended);
            AssertWeather(answer.Text);
            Assert.Empty(answer.Calls);
        }
    }

    [Fact]
    public void ContentAndTools_RandomTurns_GiveEitherWhole()
    {
        var random = new Random(Seeds.Next());
        for (int i = 0; i < 60; i++)
        {
            Answer answer = Draw(Rules with { Content = Compiling.Compile(Weather), Tools = Tools }, random, out bool ended);
            Assert.True(ended);
            answer.Calls.ToList().ForEach(AssertCall);
            if (answer.Calls.Count == 0)
            {
                AssertWeather(answer.Text);
            }
        }
    }

    [Fact]
    public void NoTools_Marker_IsNeverAllowed()
    {
        var constraint = new TurnConstraint(Rules with { ToolUse = ToolUse.None, Tools = Tools, ThinkingOpen = true }, Vocabulary);
        var mask = new ulong[Vocabulary.WordCount];
        Assert.True(constraint.TryFillMask(mask));
        Assert.False(IsSet(mask, Tokenizer.Special.ToolSectionBegin));
        Assert.True(IsSet(mask, Tokenizer.Special.ThinkEnd));
        Assert.False(IsSet(mask, Tokenizer.Special.ImUser));
    }

    [Fact]
    public void SpelledSection_IsHeldLikeTheMarker()
    {
        var constraint = new TurnConstraint(Rules with { Tools = Tools }, Vocabulary);
        foreach (int id in Tokenizer.Encode("well <|tool_call_section_begin|>"))
        {
            constraint.Accept(id);
        }

        Assert.Equal(Tokenizer.Special.ToolCallBegin, constraint.TakeForcedTokens()[0]);
    }

    [Fact]
    public void ForcedTokens_OfACall_RunFromMarkerToFirstChoice()
    {
        var constraint = new TurnConstraint(Rules with { ToolUse = ToolUse.Required, Tools = [Tools[0]] }, Vocabulary, Tokenizer);
        string text = Tokenizer.Decode(constraint.TakeForcedTokens());
        Assert.Equal("<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{\"city\":\"", text);
    }

    [Fact]
    public void ForcedTokens_WithRealVocabulary_LeaveTheLastTokenToTheModel()
    {
        KimiTokenizer tokenizer = RealTokenizer.Get();
        TokenVocabulary vocabulary = TokenVocabulary.FromTokenizer(tokenizer);
        var constraint = new TurnConstraint(Rules with { Special = tokenizer.Special, Content = Compiling.Compile(Weather) }, vocabulary, tokenizer);
        int[] forced = constraint.TakeForcedTokens().ToArray();
        Assert.StartsWith("{\"city", tokenizer.Decode(forced));
        Assert.StartsWith(tokenizer.Decode(forced), "{\"city\":\"");
        Assert.Equal(tokenizer.Encode("{\"city\":\"Oslo\"")[..forced.Length], forced);
    }

    [Fact]
    public void RequiredTool_WithoutTools_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new TurnConstraint(Rules with { ToolUse = ToolUse.Required }, Vocabulary));

    private static Answer Draw(TurnRules rules, Random random, out bool ended)
    {
        var constraint = new TurnConstraint(rules, Vocabulary, random.Next(2) == 0 ? Tokenizer : null);
        List<int> ids = [.. constraint.TakeForcedTokens()];
        var mask = new ulong[Vocabulary.WordCount];
        bool hurry = false;
        while (ids.Count < 3000 && (ids.Count == 0 || !Tokenizer.Special.IsStop(ids[^1])))
        {
            Array.Clear(mask);
            Assert.True(constraint.TryFillMask(mask));
            hurry |= ids.Count > 60 || random.Next(40) == 0;
            int id = Pick(mask, hurry, random);
            constraint.Accept(id);
            ids.Add(id);
            ids.AddRange(constraint.TakeForcedTokens());
        }

        ended = Tokenizer.Special.IsStop(ids[^1]);
        return Answer.Parse(ids, new OutputParserOptions { ReasoningOpen = rules.ThinkingOpen, PriorCallCount = rules.PriorCallCount, HasTools = rules.Tools.Count > 0 }, lengthReached: !ended);
    }

    private static int Pick(ulong[] mask, bool hurry, Random random)
    {
        SpecialTokens special = Tokenizer.Special;
        int[] wanted = random.Next(3) == 0
            ? [special.ToolSectionBegin, special.ThinkEnd, '"', '}', '1', 'x', special.ToolSectionEnd, special.ImEnd]
            : [special.ThinkEnd, special.ImEnd, special.ToolSectionEnd, '"', '}', '1', 'x', special.ToolCallEnd];
        foreach (int id in hurry ? wanted : [])
        {
            if (IsSet(mask, id) && random.Next(8) > 0)
            {
                return id;
            }
        }

        int total = mask.Sum(word => BitOperations.PopCount(word));
        Assert.True(total > 0, "nothing is allowed");
        int left = random.Next(total);
        int token = -1;
        while (left >= 0)
        {
            left -= IsSet(mask, ++token) ? 1 : 0;
        }

        return token;
    }

    private static bool IsSet(ulong[] mask, int id) => (mask[id >> 6] >> id & 1) != 0;

    private static void AssertCall(ToolCall call)
    {
        Assert.Contains(call.Name, Tools.Select(tool => tool.Name));
        if (call.Name == "ping")
        {
            Assert.Equal("{}", call.Arguments);
        }
        else
        {
            AssertWeather(call.Arguments);
        }
    }

    private static void AssertWeather(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.InRange(document.RootElement.GetProperty("days").GetInt32(), 1, 9);
        Assert.InRange(document.RootElement.GetProperty("city").GetString()!.EnumerateRunes().Count(), 0, 8);
    }
}
