using System.Text.Json;
using Baltoro.Cli.Client;
using Baltoro.Cli.Eval;
using Baltoro.Cli.Eval.Checks;

namespace Baltoro.Cli.Tests.Eval;

public class EvalCheckTests
{
    [Theory]
    [InlineData(" 42 ", true)]
    [InlineData("42.", false)]
    public void Exact_ComparesTrimmedText(string text, bool passes) => Check(new EvalCheck.Exact("42"), text, passes);

    [Theory]
    [InlineData("it is 1,034", 1034, true)]
    [InlineData("38 from 72 leaves 34.", 34, true)]
    [InlineData("34 or 35", 34, false)]
    [InlineData("minus -5", -5, true)]
    [InlineData("2.5", 2.5, true)]
    [InlineData("none", 0, false)]
    public void Number_TakesTheLast(string text, double value, bool passes) => Check(new EvalCheck.Number(value), text, passes);

    [Theory]
    [InlineData("AFRICA and Asia", true, true)]
    [InlineData("Africa", false, true)]
    [InlineData("Europe", false, false)]
    public void Contains_IgnoresCase(string text, bool all, bool any)
    {
        Check(new EvalCheck.ContainsAll(["africa", "asia"]), text, all);
        Check(new EvalCheck.ContainsAny(["africa", "asia"]), text, any);
    }

    [Theory]
    [InlineData("A qubit is a small thing.", "stop", true)]
    [InlineData("A qubit is a small thing.", "length", false)]
    [InlineData("A qubit is a small thing", "stop", false)]
    [InlineData("A qubitish is a small thing.", "stop", false)]
    [InlineData("Qubit.", "stop", false)]
    [InlineData("a qubit is a qubit is a qubit is a qubit is a qubit.", "stop", false)]
    public void Sensible_NeedsLengthTopicEndAndNoLoop(string text, string finish, bool passes) =>
        Check(new EvalCheck.Sensible(3, 20, ["qubit"], 2), text, passes, finish);

    [Theory]
    [InlineData("fine", "stop", true)]
    [InlineData("fine", "length", false)]
    [InlineData("  ", "stop", false)]
    [InlineData("x <|im_end|>", "stop", false)]
    [InlineData("x [EOS]", "stop", false)]
    [InlineData("</think>x", "stop", false)]
    public void Format_NeedsAnEndAndNoSpecialTokens(string text, string finish, bool passes) =>
        Check(new EvalCheck.Format(), text, passes, finish);

    [Theory]
    [InlineData("""{"a":1}""", true)]
    [InlineData("""[1]""", false)]
    [InlineData("""{"a":1""", false)]
    [InlineData("""Here: {"a":1}""", false)]
    public void JsonObject_IsTheWholeAnswer(string text, bool passes) => Check(new EvalCheck.JsonObject(), text, passes);

    [Theory]
    [InlineData("""{"name":"Ann","age":7}""", true)]
    [InlineData(""" { "age": 7.0, "name": "Ann" } """, true)]
    [InlineData("""{"name":"Ann","age":"7"}""", false)]
    [InlineData("""{"name":"Ann"}""", false)]
    [InlineData("""{"name":"Ann","age":7,"x":null}""", false)]
    [InlineData("Ann, 7", false)]
    public void JsonFields_ComparesValues(string text, bool passes) =>
        Check(new EvalCheck.JsonFields(Json("""{"name":"Ann","age":7}""")), text, passes);

    [Fact]
    public void ToolName_NeedsOneCallOfThatName()
    {
        EvalCheck check = new EvalCheck.ToolName("get");
        Assert.True(check.Passes(Calls(("get", "not JSON"))));
        Assert.False(check.Passes(Calls(("set", "{}"))));
        Assert.False(check.Passes(Calls(("get", "{}"), ("get", "{}"))));
        Assert.False(check.Passes(Calls()));
    }

    [Fact]
    public void ToolCallExact_NeedsTheSameCallsInAnyOrder()
    {
        EvalCheck check = new EvalCheck.ToolCallExact([new("get", Json("""{"a":1,"b":"x"}""")), new("get", Json("""{"a":2}"""))]);
        Assert.True(check.Passes(Calls(("get", """{"a":2}"""), ("get", """{"b":"x","a":1}"""))));
        Assert.False(check.Passes(Calls(("get", """{"a":2}"""), ("get", """{"a":2}"""))));
        Assert.False(check.Passes(Calls(("get", """{"a":2}"""))));
        Assert.False(check.Passes(Calls(("get", """{"a":2}"""), ("set", """{"a":1,"b":"x"}"""))));
        Assert.False(check.Passes(Calls(("get", """{"a":2}"""), ("get", "nonsense"))));
        Assert.False(check.Passes(Calls(("get", """{"a":2}"""), ("get", """{"b":"x","a":1}"""), ("get", "{}"))));
    }

    [Fact]
    public void WithoutCall_AnyCallFails()
    {
        Assert.True(new EvalCheck.NoToolCall().Passes(new ChatAnswer("Logic is.", "", "stop", 1, 1)));
        Assert.False(new EvalCheck.NoToolCall().Passes(new ChatAnswer(" ", "", "stop", 1, 1)));
        Assert.False(new EvalCheck.NoToolCall().Passes(Calls(("get", "{}")) with { Content = "Logic is." }));
        EvalCheck says = new EvalCheck.SaysWithoutCall(["city", "day"]);
        Assert.True(says.Passes(new ChatAnswer("Which City, and which day?", "", "stop", 1, 1)));
        Assert.False(says.Passes(new ChatAnswer("Which city?", "", "stop", 1, 1)));
        Assert.False(says.Passes(Calls(("get", "{}")) with { Content = "city day" }));
    }

    /// <summary>Reference values of the Wilson score interval at 95 %: 8 of 10, 0 of 10, 10 of 10.</summary>
    [Theory]
    [InlineData(8, 10, 0.4902, 0.9433)]
    [InlineData(0, 10, 0.0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1.0)]
    public void Wilson_MatchesReference(int correct, int count, double low, double high)
    {
        SuiteScore score = new("s", count, correct, 0, 0);
        Assert.Equal(low, score.Low, 4);
        Assert.Equal(high, score.High, 4);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static ChatAnswer Calls(params (string Name, string Arguments)[] calls) => new("", "", "tool_calls", 1, 1)
    {
        Calls = [.. calls.Select(call => new AnsweredCall(call.Name, call.Arguments))],
    };

    private static void Check(EvalCheck check, string text, bool passes, string finish = "stop") =>
        Assert.Equal(passes, check.Passes(new ChatAnswer(text, "", finish, 1, 1)));
}
