using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Baltoro.Kimi.Grammar;

namespace Baltoro.Bench.Grammar;

/// <summary>
/// Cost of constrained decoding with the real vocabulary: compile time, and time per token to fill a mask, for random
/// walks (a model that knows nothing, the worst case for caches) and for natural documents cut into greedy tokens.
/// </summary>
internal static class GrammarBench
{
    /// <summary>Option --vocabulary FILE: a tiktoken rank file; by default the one in the folder BALTORO_SHARED names.</summary>
    internal static object Run(BenchOptions options)
    {
        string? file = options.Text("vocabulary") ?? DefaultFile();
        if (file is null || !File.Exists(file))
        {
            throw new BenchOptionException($"--vocabulary: expected a tiktoken rank file, found {file ?? "nothing"}");
        }

        ReadOnlyMemory<byte>[] tokens = Load(file);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        var vocabulary = new TokenVocabulary(tokens, new HashSet<int>());
        double buildMs = clock.Elapsed.TotalMilliseconds;
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return new { VocabularyBuildMs = buildMs, VocabularyBytes = bytes, Schemas = GrammarCase.All.Select(sample => Measure(sample, vocabulary)).ToArray() };
    }

    private static GrammarFigures Measure(GrammarCase sample, TokenVocabulary vocabulary)
    {
        using JsonDocument schema = JsonDocument.Parse(sample.Schema);
        CompiledGrammar.Compile(schema.RootElement);
        var clock = Stopwatch.StartNew();
        CompiledGrammar grammar = CompiledGrammar.Compile(schema.RootElement);
        double compileMs = clock.Elapsed.TotalMilliseconds;
        List<double> times = [];
        byte[] document = System.Text.Encoding.UTF8.GetBytes(sample.Document);
        for (int round = 0; round < 5; round++)
        {
            Replay(new GrammarMatcher(grammar, vocabulary), vocabulary, document, times);
        }

        var random = new Random(1);
        for (int round = 0; round < 10; round++)
        {
            Walk(new GrammarMatcher(grammar, vocabulary), vocabulary, random, times);
        }

        long allocated = WarmAllocation(new GrammarMatcher(grammar, vocabulary), vocabulary, document);
        times.Sort();
        return new GrammarFigures(sample.Name, compileMs, times.Count, At(times, 0.5), At(times, 0.9), At(times, 0.99), times[^1], allocated);
    }

    private static double At(List<double> sorted, double share) => sorted[(int)((sorted.Count - 1) * share)];

    private static void Replay(GrammarMatcher matcher, TokenVocabulary vocabulary, ReadOnlySpan<byte> document, List<double> times)
    {
        var mask = new ulong[vocabulary.WordCount];
        List<int> ids = [];
        vocabulary.EncodeLongest(document, ids);
        foreach (int id in ids)
        {
            Fill(matcher, mask, times);
            if ((mask[id >> 6] >> id & 1) == 0 || !matcher.TryAcceptToken(id))
            {
                throw new InvalidOperationException($"token {id} of the sample is not allowed");
            }
        }
    }

    /// <summary>Bytes allocated by masks and moves of one document whose masks are cached.</summary>
    private static long WarmAllocation(GrammarMatcher matcher, TokenVocabulary vocabulary, ReadOnlySpan<byte> document)
    {
        var mask = new ulong[vocabulary.WordCount];
        List<int> ids = [];
        vocabulary.EncodeLongest(document, ids);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int id in ids)
        {
            matcher.FillMask(mask);
            matcher.TryAcceptToken(id);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Walk(GrammarMatcher matcher, TokenVocabulary vocabulary, Random random, List<double> times)
    {
        var mask = new ulong[vocabulary.WordCount];
        for (int step = 0; step < 100; step++)
        {
            Fill(matcher, mask, times);
            int count = mask.Sum(word => BitOperations.PopCount(word));
            if (count == 0)
            {
                return;
            }

            int wanted = random.Next(count);
            int token = -1;
            while (wanted >= 0)
            {
                token++;
                wanted -= (int)(mask[token >> 6] >> token & 1);
            }

            matcher.TryAcceptToken(token);
        }
    }

    private static void Fill(GrammarMatcher matcher, ulong[] mask, List<double> times)
    {
        Array.Clear(mask);
        long start = Stopwatch.GetTimestamp();
        matcher.FillMask(mask);
        times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

    private static string? DefaultFile() =>
        Environment.GetEnvironmentVariable("BALTORO_SHARED") is { } shared ? Path.Combine(shared, "kimi-k2.5", "tiktoken.model") : null;

    private static ReadOnlyMemory<byte>[] Load(string file)
    {
        string[] lines = File.ReadAllLines(file);
        var tokens = new ReadOnlyMemory<byte>[lines.Length + 256];
        foreach (string line in lines)
        {
            int space = line.IndexOf(' ');
            tokens[int.Parse(line.AsSpan(space + 1), CultureInfo.InvariantCulture)] = Convert.FromBase64String(line[..space]);
        }

        return tokens;
    }
}
