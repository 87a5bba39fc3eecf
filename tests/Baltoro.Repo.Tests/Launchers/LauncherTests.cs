using System.Diagnostics;

namespace Baltoro.Repo.Tests.Launchers;

/// <summary>./baltoro where .NET is there: when it builds, and what it hands to the program.</summary>
public sealed class LauncherTests : IDisposable
{
    private const int BuildFailed = 70;
    private const string WaitingProgram = "trap 'echo stopped; exit 42' TERM; echo ready; while :; do sleep 0.05; done";

    private readonly Sandbox _sandbox = new();

    public LauncherTests()
    {
        _sandbox.Program();
        _sandbox.InstalledDotnet();
    }

    private int BuildCount => _sandbox.Log.Count(line => line.StartsWith("dotnet publish", StringComparison.Ordinal));

    private string Apps => Path.Combine(_sandbox.Repo, "artifacts", "app");

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Start_Arguments_ReachTheProgramUnchanged()
    {
        string[] arguments = ["chat", "two words", "", "a\"b'c$HOME", "*", "--", "-x=1"];
        Outcome outcome = _sandbox.Run(_sandbox.Launcher, arguments);
        Assert.Equal(7, outcome.Code);
        Assert.Equal(string.Concat(arguments.Select(argument => argument + "\n")), outcome.Output);
    }

    [Fact]
    public void Start_ThroughSymbolicLinks_FindsItsRepository()
    {
        File.CreateSymbolicLink(Path.Combine(_sandbox.Folder, "first"), "repo/baltoro");
        File.CreateSymbolicLink(Path.Combine(_sandbox.Bin, "second"), "../first");
        Assert.Equal(7, _sandbox.Run(Path.Combine(_sandbox.Bin, "second"), []).Code);
        Assert.True(Directory.Exists(Apps));
    }

    [Fact]
    public void Start_NothingChanged_BuildsOnce()
    {
        Assert.Contains("building", _sandbox.Run(_sandbox.Launcher, []).Error, StringComparison.Ordinal);
        Assert.Equal("", _sandbox.Run(_sandbox.Launcher, []).Error);
        Assert.Equal(1, BuildCount);
    }

    [Theory]
    [InlineData("src/Baltoro.Cli/Program.cs")]
    [InlineData("src/Baltoro.Cli/New.cs")]
    [InlineData("global.json")]
    [InlineData("Directory.Build.props")]
    public void Start_SourceChanged_BuildsAgain(string path)
    {
        _sandbox.Run(_sandbox.Launcher, []);
        _sandbox.Write($"repo/{path}", "changed");
        _sandbox.Run(_sandbox.Launcher, []);
        Assert.Equal(2, BuildCount);
    }

    [Fact]
    public void Start_SourceDeleted_BuildsAgain()
    {
        _sandbox.Write("repo/src/Baltoro.Cli/Old.cs", "");
        _sandbox.Run(_sandbox.Launcher, []);
        File.Delete(Path.Combine(_sandbox.Repo, "src/Baltoro.Cli/Old.cs"));
        _sandbox.Run(_sandbox.Launcher, []);
        Assert.Equal(2, BuildCount);
    }

    [Fact]
    public void Start_SourceChangedDuringTheBuild_BuildsAgain()
    {
        _sandbox.Write("build-result", "touch \"$sandbox/repo/src/Baltoro.Cli/Program.cs\"");
        _sandbox.Run(_sandbox.Launcher, []);
        _sandbox.Run(_sandbox.Launcher, []);
        Assert.Equal(2, BuildCount);
    }

    [Fact]
    public void Start_TwiceAtOnce_BuildsOnce()
    {
        _sandbox.Write("build-result", "sleep 0.5");
        using Process first = _sandbox.Start(_sandbox.Launcher, []);
        using Process second = _sandbox.Start(_sandbox.Launcher, []);
        Assert.Equal((7, 7), (Sandbox.Finish(first).Code, Sandbox.Finish(second).Code));
        Assert.Equal(1, BuildCount);
    }

    [Fact]
    public void Start_BuildFails_ShowsTheErrorsAndKeepsTheLog()
    {
        _sandbox.Write("build-result", "echo noise; echo 'A.cs(1,2): error CS0103: no such name'; exit 1");
        Outcome outcome = _sandbox.Run(_sandbox.Launcher, []);
        Assert.Equal((BuildFailed, ""), (outcome.Code, outcome.Output));
        Assert.Contains("error CS0103", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("noise", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("noise", File.ReadAllText(Path.Combine(_sandbox.Repo, "artifacts/build.log")), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_AheadOfTimeCompilerMissing_BuildsWithoutIt()
    {
        _sandbox.Write("build-result", """
            case "$*" in *PublishReadyToRun=true*) echo 'error NU1101: Unable to find package microsoft.netcore.app.crossgen2'; exit 1 ;; esac
            """);
        Assert.Equal(7, _sandbox.Run(_sandbox.Launcher, []).Code);
        Assert.Contains("PublishReadyToRun=false", _sandbox.Log[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Start_Signal_ReachesTheProgram()
    {
        _sandbox.Program(WaitingProgram);
        using Process launcher = _sandbox.Start(_sandbox.Launcher, []);
        Assert.Equal("ready", launcher.StandardOutput.ReadLine());

        Stop(launcher);

        Outcome outcome = Sandbox.Finish(launcher);
        Assert.Equal((42, "stopped\n"), (outcome.Code, outcome.Output));
    }

    [Fact]
    public void Start_RebuildWhileAProgramRuns_LeavesItsFilesAlone()
    {
        _sandbox.Program(WaitingProgram);
        using Process running = _sandbox.Start(_sandbox.Launcher, []);
        Assert.Equal("ready", running.StandardOutput.ReadLine());
        string used = Assert.Single(Directory.GetDirectories(Apps, "*-*"));

        _sandbox.Program();
        _sandbox.Write("repo/global.json", "{ }");
        Assert.Equal(7, _sandbox.Run(_sandbox.Launcher, []).Code);
        Assert.True(File.Exists(Path.Combine(used, "baltoro")));

        Stop(running);
        Assert.Equal(42, Sandbox.Finish(running).Code);
        _sandbox.Write("repo/global.json", "{  }");
        _sandbox.Run(_sandbox.Launcher, []);
        Assert.False(Directory.Exists(used));
        Assert.Single(Directory.GetDirectories(Apps, "*-*"));
    }

    private static void Stop(Process process)
    {
        using Process kill = Process.Start("/bin/bash", ["-c", $"kill -TERM {process.Id}"]);
        kill.WaitForExit();
    }
}
