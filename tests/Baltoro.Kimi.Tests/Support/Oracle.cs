using System.Diagnostics;
using System.Text.Json;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>Runs the official implementation (npm tiktoken under Node) over a batch of texts.</summary>
internal static class Oracle
{
    private static string Folder => Path.Combine(TestPaths.Root, "tests", "oracle", "tiktoken");

    /// <summary>Why the oracle cannot run here, or null.</summary>
    public static string? Missing()
    {
        if (TestPaths.RealTokenizer is null)
        {
            return "the published tokenizer (kimi-k2.5) is not here; BALTORO_SHARED names the folder it lies in";
        }

        if (!File.Exists(Path.Combine(Folder, "node_modules", "tiktoken", "package.json")))
        {
            return "npm tiktoken is not installed (npm ci in tests/oracle/tiktoken)";
        }

        bool hasNode = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(p => File.Exists(Path.Combine(p, "node")) || File.Exists(Path.Combine(p, "node.exe")));
        return hasNode ? null : "node is not on the PATH";
    }

    public static async Task<List<int[]>> EncodeAsync(IReadOnlyList<string> texts)
    {
        ProcessStartInfo start = new("node") { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = Folder };
        start.ArgumentList.Add("encode.mjs");
        start.ArgumentList.Add(TestPaths.RealTokenizer!);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        Task feed = Task.Run(() =>
        {
            foreach (string text in texts)
            {
                process.StandardInput.WriteLine(Utf16Json.Write(text));
            }

            process.StandardInput.Close();
        });
        List<int[]> results = [];
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            results.Add(JsonSerializer.Deserialize<int[]>(line)!);
        }

        await feed;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(texts.Count, results.Count);
        return results;
    }
}
