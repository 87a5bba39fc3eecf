using System.Diagnostics;

namespace Baltoro.Tests.Shared;

/// <summary>Runs another program and gathers what it says.</summary>
internal static class OtherProgram
{
    /// <summary>Whether <paramref name="name"/> is on the PATH.</summary>
    public static bool IsOnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Exit code, standard output and standard error of a program that must end within two minutes.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string name, IReadOnlyList<string> args, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(name, args)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start");
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output, await error);
    }
}
