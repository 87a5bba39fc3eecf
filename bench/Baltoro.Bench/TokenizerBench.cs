using System.Diagnostics;
using System.Text;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Bench;

/// <summary>
/// Encoding speed on one thread. <c>--tokenizer DIR</c> (folder with tiktoken.model), <c>--file FILE</c> (UTF-8 text;
/// without it, the Markdown files below the current folder), <c>--seconds N</c>.
/// </summary>
internal static class TokenizerBench
{
    public static object Run(BenchOptions options)
    {
        string directory = options.Text("tokenizer") ?? throw new BenchOptionException("--tokenizer DIR is missing");
        double seconds = options.Number("seconds", 3);
        byte[] text = ReadText(options.Text("file"));
        long loadStart = Stopwatch.GetTimestamp();
        KimiTokenizer tokenizer = KimiTokenizer.Load(directory);
        double loadMs = Stopwatch.GetElapsedTime(loadStart).TotalMilliseconds;
        List<int> ids = [];
        tokenizer.Encode(text, ids);
        int tokenCount = ids.Count;
        long start = Stopwatch.GetTimestamp();
        int rounds = 0;
        double best = double.MaxValue;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds || rounds == 0)
        {
            ids.Clear();
            long roundStart = Stopwatch.GetTimestamp();
            tokenizer.Encode(text, ids);
            best = Math.Min(best, Stopwatch.GetElapsedTime(roundStart).TotalSeconds);
            rounds++;
        }

        double mean = Stopwatch.GetElapsedTime(start).TotalSeconds / rounds;
        return new
        {
            bench = "tokenizer",
            vocabulary = tokenizer.VocabularySize,
            text_bytes = text.Length,
            tokens = tokenCount,
            rounds,
            load_ms = Math.Round(loadMs, 1),
            mb_per_second_mean = Math.Round(text.Length / mean / 1e6, 2),
            mb_per_second_best = Math.Round(text.Length / best / 1e6, 2),
            tokens_per_second_mean = Math.Round(tokenCount / mean),
        };
    }

    private static byte[] ReadText(string? file)
    {
        if (file is not null)
        {
            return File.Exists(file) ? File.ReadAllBytes(file) : throw new BenchOptionException($"--file: no file {file}");
        }

        StringBuilder text = new();
        foreach (string path in Directory.EnumerateFiles(".", "*.md", SearchOption.AllDirectories).Where(p => !p.Contains("node_modules", StringComparison.Ordinal)))
        {
            text.Append(File.ReadAllText(path));
        }

        return text.Length > 0 ? Encoding.UTF8.GetBytes(text.ToString()) : throw new BenchOptionException("--file FILE is missing and no Markdown file is here");
    }
}
