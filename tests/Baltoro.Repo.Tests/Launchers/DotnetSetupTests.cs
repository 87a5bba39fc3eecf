namespace Baltoro.Repo.Tests.Launchers;

/// <summary>./baltoro on machines with and without .NET 10, every installer a stand-in.</summary>
public sealed class DotnetSetupTests : IDisposable
{
    private const int NoDotnet = 69;
    private const int ProgramEnd = 7;

    private readonly Sandbox _sandbox = new();

    public DotnetSetupTests() => _sandbox.Program();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Start_PackageExists_SaysSoAndInstallsIt(bool isListed, bool isListedAfterUpdate)
    {
        _sandbox.Apt(isListed, isListedAfterUpdate);
        _sandbox.Curl(works: true);

        Outcome outcome = _sandbox.Run(_sandbox.Launcher, ["version"]);

        Assert.Equal((ProgramEnd, "version\n"), (outcome.Code, outcome.Output));
        Assert.Contains("installing the distribution's packages with apt-get: dotnet-sdk-10.0", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(_sandbox.Log, line => line.StartsWith("apt-get install -y", StringComparison.Ordinal)
            && line.EndsWith(" dotnet-sdk-10.0", StringComparison.Ordinal));
        Assert.DoesNotContain(_sandbox.Log, line => line.StartsWith("curl", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_NotRootButSudoAsksNothing_InstallsThroughSudo()
    {
        _sandbox.UserId(1000);
        _sandbox.Apt(isListed: true, isListedAfterUpdate: false);
        _sandbox.Sudo(asksNothing: true);

        Assert.Equal(ProgramEnd, _sandbox.Run(_sandbox.Launcher, []).Code);
        Assert.Contains(_sandbox.Log, line => line.StartsWith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_NoPackageOrNoRoot_RunsMicrosoftsScriptForTheUser(bool isRoot)
    {
        _sandbox.UserId(isRoot ? 0 : 1000);
        _sandbox.Apt(isListed: !isRoot, isListedAfterUpdate: false);
        _sandbox.Sudo(asksNothing: false);
        _sandbox.Curl(works: true);

        Outcome outcome = _sandbox.Run(_sandbox.Launcher, []);

        string target = Path.Combine(_sandbox.Home, ".dotnet");
        Assert.Equal(ProgramEnd, outcome.Code);
        Assert.Contains($"into {target} with Microsoft's dotnet-install.sh", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"install-script --channel 10.0 --install-dir {target} --no-path", _sandbox.Log);
        Assert.DoesNotContain(_sandbox.Log, line => line.StartsWith("apt-get install", StringComparison.Ordinal));
    }

    [Fact]
    public void Start_NothingCanInstall_EndsWithOneLineAndItsCode()
    {
        Outcome outcome = _sandbox.Run(_sandbox.Launcher, ["serve"]);

        Assert.Equal((NoDotnet, ""), (outcome.Code, outcome.Output));
        Assert.StartsWith("baltoro: no .NET 10 SDK found", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_DownloadFails_EndsWithItsCode()
    {
        _sandbox.Apt(isListed: false, isListedAfterUpdate: false);
        _sandbox.Curl(works: false);

        Outcome outcome = _sandbox.Run(_sandbox.Launcher, []);

        Assert.Equal(NoDotnet, outcome.Code);
        Assert.StartsWith("baltoro: no .NET 10 SDK found", outcome.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("9.0.304")]
    [InlineData("10.0.100-rc.1.25451.107")]
    public void Start_OtherSdkOnly_CountsAsMissing(string version)
    {
        _sandbox.InstalledDotnet();
        _sandbox.Write("sdk-version", version);

        Assert.Equal(NoDotnet, _sandbox.Run(_sandbox.Launcher, []).Code);
    }

    [Theory]
    [InlineData("PATH")]
    [InlineData("DOTNET_ROOT")]
    [InlineData("home")]
    public void Start_DotnetSomewhere_IsFoundAndNothingInstalled(string place)
    {
        _sandbox.Apt(isListed: true, isListedAfterUpdate: false);
        string folder = place switch
        {
            "PATH" => _sandbox.Bin,
            "DOTNET_ROOT" => Path.Combine(_sandbox.Folder, "own root"),
            _ => Path.Combine(_sandbox.Home, ".dotnet"),
        };
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(_sandbox.Folder, "dotnet"), Path.Combine(folder, "dotnet"));

        Outcome outcome = place == "DOTNET_ROOT"
            ? _sandbox.Run(_sandbox.Launcher, [], ("DOTNET_ROOT", folder))
            : _sandbox.Run(_sandbox.Launcher, []);

        Assert.Equal(ProgramEnd, outcome.Code);
        Assert.DoesNotContain(_sandbox.Log, line => line.StartsWith("apt-get", StringComparison.Ordinal));
    }
}
