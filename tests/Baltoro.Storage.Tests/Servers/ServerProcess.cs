using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Baltoro.Storage.Tests.Servers;

/// <summary>Starting and ending other programs from tests.</summary>
internal static class ServerProcess
{
    /// <summary>A port nobody listens on now.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a program without waiting; its output is dropped.</summary>
    public static Process Start(string file, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a program to its end and expects success.</summary>
    public static void Run(string file, params string[] arguments)
    {
        ProcessStartInfo start = new(file, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} {string.Join(' ', arguments)}: exit {process.ExitCode}: {errors} {output.Result}");
        }
    }

    /// <summary>Tries again until it works or the tries are used up.</summary>
    public static async Task RetryAsync(Func<Task> attempt, int tries = 200)
    {
        for (int left = tries; ; left--)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception) when (left > 1)
            {
                await Task.Delay(50);
            }
        }
    }
}
