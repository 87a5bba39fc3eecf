using Baltoro.Repo.Tests.Rules;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Files stay small, functions fit on a screen, a file holds one public type.</summary>
public sealed class SizeTests(ITestOutputHelper output)
{
    private const int FileLineLimit = 400;
    private const int FunctionLineLimit = 60;
    private const int MeanFileLineLimit = 160;

    private static readonly string[] ScriptEndings = [".py", ".js", ".mjs", ".ts", ".sh"];

    [Fact]
    public void Files_StayUnderTheirLimit() => Finding.None(TidyExceptions.Violations(
        RepoTree.Sources.Select(file => (file.Path, file.LineCount))
            .Concat(Scripts().Select(path => (path, Lines.Count(RepoTree.Read(path))))),
        FileLineLimit,
        TidyExceptions.Current.FileLines));

    [Fact]
    public void Functions_StayUnderTheirLimit() => Finding.None(TidyExceptions.Violations(
        RepoTree.Sources.SelectMany(FunctionLengths.Measure),
        FunctionLineLimit,
        TidyExceptions.Current.FunctionLines));

    [Fact]
    public void SourceFiles_HoldOnePublicType() => Finding.None(TidyExceptions.Violations(
        RepoTree.Sources.Where(file => file.IsProduct).Select(file => (file.Path, CodeHabits.PublicTypes(file))),
        limit: 2,
        TidyExceptions.Current.PublicTypes));

    [Fact]
    public void SourceFiles_AreShortOnAverage()
    {
        int[] lengths = [.. RepoTree.Sources.Where(file => file.IsProduct).Select(file => file.LineCount)];
        double mean = lengths.Average();
        output.WriteLine($"src: {lengths.Length} files, {lengths.Sum()} lines, mean {mean:F1}, longest {lengths.Max()}");
        Assert.True(mean <= MeanFileLineLimit, $"mean length {mean:F1} lines, allowed {MeanFileLineLimit}");
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void FunctionLengths_CountFromDeclarationToBrace(int lineCount, bool isOver)
    {
        string body = string.Concat(Enumerable.Repeat("        M();\n", lineCount - 3));
        SourceFile file = new("src/X.cs", $"class C\n{{\n    /// <summary>M.</summary>\n    [Fact]\n    void M()\n    {{\n{body}    }}\n}}\n");
        (string name, int lines) = Assert.Single(FunctionLengths.Measure(file));
        Assert.Equal(("src/X.cs::C.M", lineCount), (name, lines));
        Assert.Equal(isOver, TidyExceptions.Violations([(name, lines)], FunctionLineLimit, new Dictionary<string, int>()).Count > 0);
    }

    [Theory]
    [InlineData(450, 450, 0)]
    [InlineData(451, 450, 1)]
    [InlineData(449, 450, 1)]
    [InlineData(100, 450, 1)]
    public void Exceptions_MayOnlyShrink(int size, int allowed, int violationCount) => Assert.Equal(
        violationCount,
        TidyExceptions.Violations([("a", size)], FileLineLimit, new Dictionary<string, int> { ["a"] = allowed }).Count);

    private static IEnumerable<string> Scripts() => RepoTree.Files.Where(path =>
        ScriptEndings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)) || path is "baltoro" or ".ci/run");
}
