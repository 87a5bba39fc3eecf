using System.Diagnostics;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>The built executable running <c>serve</c> as a process of its own.</summary>
internal sealed class ServeProcess : IDisposable
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "baltoro.dll");

    private readonly Process _process;

    private ServeProcess(Process process, Task<string> errors)
    {
        _process = process;
        Errors = errors;
    }

    /// <summary>Everything printed up to the ready line.</summary>
    public List<string> Lines { get; } = [];

    public Task<string> Errors { get; }

    public string Url => Lines[^1]["ready ".Length..];

    public string Key => Lines.Single(line => line.StartsWith("Key ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    public int ProcessId => _process.Id;

    /// <summary>Starts and waits for the ready line, or for the end.</summary>
    public static Task<ServeProcess> StartAsync(string data, string url, string? model = null) =>
        StartAsync(data, url, model ?? EmbeddedModelFolder.Require(), new Dictionary<string, string>());

    /// <summary>The same with another model and settings of the environment.</summary>
    public static async Task<ServeProcess> StartAsync(string data, string url, string model, IReadOnlyDictionary<string, string> environment)
    {
        ProcessStartInfo start = new(DotnetHost.Path, [_program, "serve", "--urls", url, "--data", data, "--model", model])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryRoot.Path,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        ServeProcess serve = new(process, process.StandardError.ReadToEndAsync());
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            serve.Lines.Add(line);
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                break;
            }
        }

        return serve;
    }

    public async Task<int> TerminateAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        return await ExitCodeAsync();
    }

    /// <summary>Ends the process as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitCodeAsync();
    }

    /// <summary>Runs another verb of the program; returns exit code and output.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), args);

    /// <summary>The same with settings of the environment.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        ProcessStartInfo start = new(DotnetHost.Path, [_program, .. args]) { RedirectStandardOutput = true, WorkingDirectory = RepositoryRoot.Path };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    public async Task<int> ExitCodeAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
