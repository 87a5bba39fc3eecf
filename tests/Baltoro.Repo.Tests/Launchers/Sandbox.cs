using System.Diagnostics;
using Baltoro.Repo.Tests.Tree;

namespace Baltoro.Repo.Tests.Launchers;

/// <summary>
/// A copy of the launchers in a temporary folder with spaces in its path, and a PATH that holds the usual tools and
/// stand-ins only: nothing of the machine's own .NET, apt-get, curl or sudo can be reached. Stand-ins write what they were
/// called with to <see cref="Log"/>.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Tools =
    [
        "awk", "basename", "bash", "cat", "chmod", "cp", "date", "dirname", "env", "find", "flock", "grep", "head", "ln", "ls",
        "mkdir", "mktemp", "mv", "nproc", "readlink", "rm", "sed", "sleep", "sort", "tail", "timeout", "touch", "tr", "true",
    ];

    public Sandbox()
    {
        Folder = Directory.CreateTempSubdirectory("baltoro test ").FullName;
        Directory.CreateDirectory(Bin);
        Directory.CreateDirectory(Home);
        foreach (string tool in Tools)
        {
            File.CreateSymbolicLink(Path.Combine(Bin, tool), Locate(tool));
        }

        foreach (string path in RepoTree.Files.Where(IsLauncherFile))
        {
            Write($"repo/{path}", RepoTree.Read(path), File.GetUnixFileMode(RepoTree.Absolute(path)));
        }

        Write("repo/global.json", "{}");
        Write("repo/Directory.Build.props", "<Project />");
        Write("repo/src/Baltoro.Cli/Program.cs", "// the program");
        UserId(0);
    }

    public string Folder { get; }

    public string Repo => Path.Combine(Folder, "repo");

    public string Bin => Path.Combine(Folder, "bin");

    public string Home => Path.Combine(Folder, "home");

    public string Launcher => Path.Combine(Repo, "baltoro");

    /// <summary>Lines the stand-ins wrote, each beginning with the name of the stand-in.</summary>
    public string[] Log => File.Exists(LogPath) ? File.ReadAllLines(LogPath) : [];

    private string LogPath => Path.Combine(Folder, "log");

    public void UserId(int id) => StandIn("id", $"echo {id}");

    /// <summary>Writes an executable bash script to a folder of the PATH.</summary>
    public void StandIn(string name, string script) => Script($"bin/{name}", script);

    public void Script(string path, string script) => Write(
        path,
        $"#!/bin/bash\nsandbox='{Folder}'\nlog() {{ echo \"$*\" >>\"$sandbox/log\"; }}\n{script}\n",
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public void Write(string path, string text, UnixFileMode? mode = null)
    {
        string full = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        if (mode is { } bits)
        {
            File.SetUnixFileMode(full, bits);
        }
    }

    public Process Start(string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(file, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Bin;
        start.Environment["HOME"] = Home;
        start.Environment["BALTORO_DOTNET_FOLDERS"] = Path.Combine(Home, ".dotnet");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
    }

    public Outcome Run(string file, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using Process process = Start(file, arguments, environment);
        return Finish(process);
    }

    public static Outcome Finish(Process process)
    {
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{process.StartInfo.FileName} did not end within {Patience}");
        }

        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static bool IsLauncherFile(string path) =>
        path is "baltoro" or "test.sh" or ".ci/run" || path.StartsWith("scripts/", StringComparison.Ordinal);

    private static string Locate(string tool) => new[] { "/usr/bin", "/bin", "/usr/local/bin" }
        .Select(folder => Path.Combine(folder, tool))
        .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"this machine has no {tool}");
}
