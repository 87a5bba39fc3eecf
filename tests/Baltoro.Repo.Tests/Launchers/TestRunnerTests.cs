namespace Baltoro.Repo.Tests.Launchers;

/// <summary>./test.sh over stand-in suites: what it counts, what it says last, how it ends.</summary>
public sealed class TestRunnerTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public TestRunnerTests()
    {
        _sandbox.Program("exit 0");
        _sandbox.InstalledDotnet();
    }

    private string Runner => Path.Combine(_sandbox.Repo, "test.sh");

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Run_EverythingPasses_SumsSuitesAndChecks()
    {
        Suite("A", Report(passed: 3) + "exit 0");
        Suite("B", Report(passed: 2, skipped: 2) + "printf 'skipped B.Case (0ms)\\n  needs X\\nskipped B.Other (0ms)\\n  needs X\\n'; exit 0");

        Outcome outcome = _sandbox.Run(Runner, []);

        Assert.Equal((0, "8 passed, 0 failed, 2 skipped"), (outcome.Code, outcome.LastLine));
        Assert.Contains("  Baltoro.B.Tests: 2 × needs X\n", outcome.Output, StringComparison.Ordinal);
        Assert.Matches(@"Baltoro\.A\.Tests +3 passed, 0 failed, 0 skipped", outcome.Output);
        Assert.Matches("format +passed", outcome.Output);
        Assert.Matches("launcher +passed", outcome.Output);
    }

    [Theory]
    [InlineData("<assembly passed=\"1\" failed=\"2\" errors=\"0\" skipped=\"0\" />", "exit 2", "4 passed, 2 failed, 0 skipped")]
    [InlineData("<assembly passed=\"1\" failed=\"0\" errors=\"1\" skipped=\"0\" />", "exit 2", "4 passed, 1 failed, 0 skipped")]
    [InlineData("<assembly passed=\"1\" failed=\"0\" errors=\"0\" skipped=\"0\" />", "exit 134", "4 passed, 1 failed, 0 skipped")]
    [InlineData("", "exit 134", "3 passed, 1 failed, 0 skipped")]
    [InlineData("", "exit 8", "3 passed, 1 failed, 0 skipped")]
    [InlineData("", "exit 0", "3 passed, 1 failed, 0 skipped")]
    [InlineData("", "sleep 30", "3 passed, 1 failed, 0 skipped")]
    public void Run_SuiteFailsCrashesHangsOrIsEmpty_Fails(string report, string end, string lastLine)
    {
        Suite("A", $"printf '%s' '{report}' >\"$report\"; echo why; {end}");

        Outcome outcome = _sandbox.Run(Runner, [], ("BALTORO_SUITE_TIMEOUT", "2"));

        Assert.Equal((1, lastLine), (outcome.Code, outcome.LastLine));
        Assert.Contains("why", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_BuildFails_ShowsItAndRunsNoSuite()
    {
        Suite("A", Report(passed: 1) + "exit 0");
        _sandbox.Write("build-result", "echo 'error CS1'; exit 1");

        Outcome outcome = _sandbox.Run(Runner, []);

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), (outcome.Code, outcome.LastLine));
        Assert.Contains("error CS1", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoDotnet_Fails()
    {
        File.Delete(Path.Combine(_sandbox.Bin, "dotnet"));

        Outcome outcome = _sandbox.Run(Runner, []);

        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), (outcome.Code, outcome.LastLine));
    }

    [Fact]
    public void Run_Only_RunsWhatIsNamed()
    {
        Suite("A", Report(passed: 3) + "exit 0");
        Suite("B", Report(passed: 5) + "exit 0");

        Outcome outcome = _sandbox.Run(Runner, ["--only", "b.tests"]);

        Assert.Equal((0, "6 passed, 0 failed, 0 skipped"), (outcome.Code, outcome.LastLine));
    }

    [Fact]
    public void Run_OnlySomethingUnknown_Fails() =>
        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), Ending(_sandbox.Run(Runner, ["--only", "nothing"])));

    [Fact]
    public void Run_UnknownArgument_SaysWhatIsAllowed()
    {
        Outcome outcome = _sandbox.Run(Runner, ["--fast"]);
        Assert.Equal(64, outcome.Code);
        Assert.Contains("unknown argument '--fast'; allowed: --soak, --only NAME", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Soak_TellsTheSuitesAndWritesAReport()
    {
        Suite("A", Report(passed: 3) + "[ \"$BALTORO_SOAK\" = 1 ]; exit $?");

        Outcome outcome = _sandbox.Run(Runner, ["--soak"]);

        Assert.Equal((0, "6 passed, 0 failed, 0 skipped"), Ending(outcome));
        string file = Assert.Single(Directory.GetFiles(Path.Combine(_sandbox.Repo, "bench/results"), "soak-*.md"));
        Assert.Contains("6 passed, 0 failed, 0 skipped", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void ContinuousIntegration_RunsTheSame()
    {
        Suite("A", Report(passed: 3) + "exit 0");
        Assert.Equal((0, "6 passed, 0 failed, 0 skipped"), Ending(_sandbox.Run(Path.Combine(_sandbox.Repo, ".ci/run"), [])));
    }

    private static (int Code, string LastLine) Ending(Outcome outcome) => (outcome.Code, outcome.LastLine);

    private static string Report(int passed, int skipped = 0) =>
        $"echo '<assemblies><assembly errors=\"0\" failed=\"0\" passed=\"{passed}\" skipped=\"{skipped}\"></assembly></assemblies>' >\"$report\"; ";

    private void Suite(string name, string script)
    {
        _sandbox.Write($"repo/tests/Baltoro.{name}.Tests/Baltoro.{name}.Tests.csproj", "<Project />");
        _sandbox.Write($"suites/Baltoro.{name}.Tests", script);
    }
}
