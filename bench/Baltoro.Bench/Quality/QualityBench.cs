using Baltoro.Backends.Embedded;
using Baltoro.Bench.Peer;
using Baltoro.Engine.Weights.Export;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Bench.Quality;

/// <summary>
/// What quantization costs: perplexity of held-out answers against the model as stored, and logits against llama.cpp on the same
/// GGUF. <c>quality --model FOLDER [--texts training/eval/heldout.jsonl] [--formats q8_0,q4_0] [--kernels NAME] [--floats v512]
/// [--peer FOLDER] [--positions 1000]</c>. Bars: perplexity within 1 %, median cosine 0.9995, same best token 98 %.
/// </summary>
internal static class QualityBench
{
    public static object Run(BenchOptions options)
    {
        string model = options.Text("model") ?? throw new BenchOptionException("--model FOLDER is missing");
        string? kernels = options.Text("kernels");
        string floats = options.Text("floats") ?? "v512";
        KimiTokenizer tokenizer = ModelTokenizer.Load(model);
        QualityText[] texts = QualityText.Read(options.Text("texts") ?? "training/eval/heldout.jsonl", tokenizer);
        LogitRows original = LogitRows.Of(model, kernels, texts);
        double[] losses = original.Losses();
        List<object> formats = [];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("baltoro-quality-");
        try
        {
            foreach (string format in (options.Text("formats") ?? "q8_0,q4_0").Split(','))
            {
                string file = ModelConverter.Convert(
                    model, Path.Combine(folder.FullName, format), GgufScheme.ForQuantize(format), ModelTokenizer.KeysOf(tokenizer)).ModelPath;
                formats.Add(Measure(options, format, file, texts, original, losses, kernels, floats));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return new
        {
            bench = "quality",
            model,
            texts = texts.Length,
            answer_tokens = losses.Length,
            perplexity = Math.Exp(losses.Average()),
            formats,
        };
    }

    private static object Measure(
        BenchOptions options, string format, string file, QualityText[] texts, LogitRows original, double[] losses, string? kernels, string floats)
    {
        LogitRows quantized = LogitRows.Of(file, kernels, texts);
        LogitRows widened = LogitRows.Of(file, floats, texts);
        (double all, double allError) = Change(losses, quantized.Losses());
        (double weights, double weightsError) = Change(losses, widened.Losses());
        (double median, double low, double same) = widened.Compare(quantized);
        return new
        {
            format,
            perplexity_change = all,
            standard_error = allError,
            of_weights_alone = weights,
            of_weights_error = weightsError,
            against_same_weights_as_floats = new { median_cosine = median, first_percentile = low, same_best = same },
            against_peer = options.Text("peer") is string peer ? AgainstPeer(options, peer, file, texts, kernels, floats) : null,
        };
    }

    /// <summary>Both ways of ours, as served and as floats, against the peer.</summary>
    private static object AgainstPeer(BenchOptions options, string peer, string file, QualityText[] texts, string? kernels, string floats)
    {
        int positions = (int)options.Number("positions", 1000);
        int count = 0;
        QualityText[] some = [.. texts.TakeWhile(text => (count += text.Ids.Length) - text.Ids.Length < positions)];
        string ids = Path.Combine(Path.GetDirectoryName(file)!, "ids.txt");
        File.WriteAllLines(ids, some.Select(text => string.Join(' ', text.Ids)));
        using (PeerProcess process = new(Path.GetFullPath(peer), file, (int)options.Number("threads", 2)))
        {
            using CancellationTokenSource time = new(TimeSpan.FromMinutes(options.Number("minutes", 5)));
            process.LogitsAsync(ids, time.Token).GetAwaiter().GetResult();
        }

        LogitRows theirs = LogitRows.Read(ids + ".logits", some);
        (double median, double low, double same) = theirs.Compare(LogitRows.Of(file, kernels, some));
        (double floatMedian, double floatLow, double floatSame) = theirs.Compare(LogitRows.Of(file, floats, some));
        return new
        {
            positions = some.Sum(text => text.Ids.Length),
            median_cosine = median,
            first_percentile = low,
            same_best = same,
            as_floats = new { median_cosine = floatMedian, first_percentile = floatLow, same_best = floatSame },
        };
    }

    /// <summary>Relative change of perplexity for small changes, with the standard error of the mean.</summary>
    private static (double Mean, double Error) Change(double[] from, double[] to)
    {
        double[] changes = [.. from.Zip(to, (a, b) => b - a)];
        double mean = changes.Average();
        double variance = changes.Sum(change => (change - mean) * (change - mean)) / changes.Length;
        return (Math.Exp(mean) - 1, Math.Sqrt(variance / changes.Length));
    }
}
