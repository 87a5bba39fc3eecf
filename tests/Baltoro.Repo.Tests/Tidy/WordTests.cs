using Baltoro.Repo.Tests.Rules;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Tidy;

/// <summary>Words and marks that do not belong into the repository.</summary>
public sealed class WordTests
{
    private const int TextByteLimit = 1 << 20;

    // Texts of others: training and test data keep the words they came with.
    private static readonly string[] DataFolders = ["tests/data/", "training/data/", "training/eval/", "training/corpus/", "models/"];

    private static readonly string[] CodeEndings = [".cs", ".py", ".js", ".mjs", ".ts", ".sh", ".csproj", ".props", ".razor", ".css"];

    [Fact]
    public void Texts_NameNoRegistryHostMachinePathOrWorkplace() =>
        Finding.None(Texts().SelectMany(path => Words.Banned(path, RepoTree.Read(path))));

    [Fact]
    public void Reminders_NameTheirIssue() => Finding.None(Texts()
        .Where(path => CodeEndings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)))
        .SelectMany(path => Words.OpenReminders(path, RepoTree.Read(path))));

    [Theory]
    [InlineData("see https://api.nu" + "get.org/v3", 1)]
    [InlineData("cd /wo" + "rk/x", 1)]
    [InlineData("a/wo" + "rk/x", 0)]
    [InlineData("../sha" + "red/x", 1)]
    [InlineData("a shared page is never written", 0)]
    public void Banned_Line_IsJudged(string line, int violationCount) =>
        Assert.Equal(violationCount, Words.Banned("x", line).Count());

    [Theory]
    [InlineData("// TO" + "DO: later", 1)]
    [InlineData("// TO" + "DO(#12): later", 0)]
    [InlineData("// to do", 0)]
    public void OpenReminders_Line_IsJudged(string line, int violationCount) =>
        Assert.Equal(violationCount, Words.OpenReminders("x", line).Count());

    private static IEnumerable<string> Texts() => RepoTree.Files
        .Where(path => !DataFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
        .Where(path => new FileInfo(RepoTree.Absolute(path)).Length <= TextByteLimit && RepoTree.IsText(path));
}
