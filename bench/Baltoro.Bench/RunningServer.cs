using System.Diagnostics;

namespace Baltoro.Bench;

/// <summary>A server process started for a measurement; ended with SIGTERM.</summary>
internal sealed class RunningServer : IDisposable
{
    private readonly Process _process;

    private RunningServer(Process process) => _process = process;

    public double ReadyMs { get; private set; }

    public string Url { get; private set; } = "";

    /// <summary>The first key, on the first start of a data directory.</summary>
    public string? Key { get; private set; }

    public static async Task<RunningServer> StartAsync(string program, string data)
    {
        long start = Stopwatch.GetTimestamp();
        ProcessStartInfo info = new(program, ["serve", "--urls", "http://127.0.0.1:0", "--data", data]) { RedirectStandardOutput = true };
        RunningServer server = new(Process.Start(info) ?? throw new BenchOptionException($"{program} did not start"));
        while (await server._process.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith("Key ", StringComparison.Ordinal))
            {
                server.Key = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            }

            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                server.ReadyMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                server.Url = line["ready ".Length..];
                return server;
            }
        }

        throw new BenchOptionException($"{program} serve ended without the ready line");
    }

    public void Dispose()
    {
        using (Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
            kill.WaitForExit();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
