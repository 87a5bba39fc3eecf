using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Baltoro.Bench;

/// <summary>
/// The whole server as a user meets it: time from start to the ready line, time to the first token of a short prompt over
/// HTTP after warm-up, and tokens per second of one stream. <c>--program FILE</c> (default ./baltoro, built before),
/// <c>--starts N</c>, <c>--requests N</c>.
/// </summary>
internal static class ServeBench
{
    private const string Prompt = "Explain quantum computing in simple terms.";

    public static object Run(BenchOptions options) => RunAsync(options).GetAwaiter().GetResult();

    private static async Task<object> RunAsync(BenchOptions options)
    {
        string program = Path.GetFullPath(options.Text("program") ?? "baltoro");
        int starts = (int)options.Number("starts", 5);
        int requests = (int)options.Number("requests", 30);
        string data = Directory.CreateTempSubdirectory("baltoro-bench-").FullName;
        try
        {
            List<double> readyMs = [];
            string key = "";
            for (int i = 0; i < starts; i++)
            {
                using RunningServer server = await RunningServer.StartAsync(program, data).ConfigureAwait(false);
                readyMs.Add(server.ReadyMs);
                key = server.Key ?? key;
            }

            using RunningServer measured = await RunningServer.StartAsync(program, data).ConfigureAwait(false);
            (double[] firstMs, double[] speeds) = await AskAsync(measured.Url, key, requests).ConfigureAwait(false);
            return new
            {
                bench = "serve",
                cpu = CpuName(),
                cores = Environment.ProcessorCount,
                start_to_ready_ms = Spread(readyMs),
                first_token_ms = Spread(firstMs),
                stream_tokens_per_second = Spread(speeds),
            };
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task<(double[] FirstMs, double[] Speeds)> AskAsync(string url, string key, int requests)
    {
        using HttpClient client = new() { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        List<double> firstMs = [];
        List<double> speeds = [];
        int warmUp = Math.Max(10, requests / 2);
        for (int i = 0; i < warmUp + requests; i++)
        {
            (double first, double speed) = await StreamAsync(client, i).ConfigureAwait(false);
            if (i >= warmUp)
            {
                firstMs.Add(first);
                speeds.Add(speed);
            }
        }

        return ([.. firstMs], [.. speeds]);
    }

    private static async Task<(double FirstMs, double TokensPerSecond)> StreamAsync(HttpClient client, int seed)
    {
        string body = JsonSerializer.Serialize(new
        {
            model = "kimi-k2-5",
            stream = true,
            seed,
            temperature = 1.0,
            max_tokens = 200,
            messages = new[] { new { role = "user", content = $"{Prompt} ({seed})" } },
        });
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync().ConfigureAwait(false));
        double? first = null;
        int tokens = 0;
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line && line != "data: [DONE]")
        {
            if (first is null && line.Contains("\"content\":\"", StringComparison.Ordinal) && !line.Contains("\"content\":\"\"", StringComparison.Ordinal))
            {
                first = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            int at = line.IndexOf("\"completion_tokens\":", StringComparison.Ordinal);
            tokens = at < 0 ? tokens : int.Parse(line[(at + 20)..].Split(',', '}')[0], System.Globalization.CultureInfo.InvariantCulture);
        }

        double total = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double firstSeconds = first ?? total;
        return (firstSeconds * 1000, tokens > 1 ? (tokens - 1) / Math.Max(total - firstSeconds, 1e-6) : 0);
    }

    private static object Spread(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new
        {
            min = Math.Round(sorted[0], 1),
            median = Math.Round(sorted[sorted.Length / 2], 1),
            max = Math.Round(sorted[^1], 1),
            n = sorted.Length,
        };
    }

    internal static string CpuName() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[1] ?? "unknown"
        : "unknown";
}
