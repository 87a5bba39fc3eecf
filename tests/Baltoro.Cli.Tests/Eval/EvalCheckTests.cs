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

    private static void Check(EvalCheck check, string text, bool passes, string finish = "stop") =>
        Assert.Equal(passes, check.Passes(new ChatAnswer(text, "", finish, 1, 1)));
}
