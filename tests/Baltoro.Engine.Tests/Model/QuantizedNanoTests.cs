using System.Text.Json;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Weights.Export;

namespace Baltoro.Engine.Tests.Model;

/// <summary>
/// The model that ships, with Q8_0 weights and with Q4_0 experts, activations as bytes: perplexity and logits against the same
/// quantized weights as floats and against the BF16 original, over text that the original draws from the beginnings in its golden
/// file. Single positions where two experts nearly tie may move, so means and medians of many positions are judged.
/// </summary>
public class QuantizedNanoTests(ITestOutputHelper output)
{
    /// <summary>One percent; three standard errors of the sample come on top.</summary>
    private const double PerplexityShare = 0.01;

    private const double LeastMedianCosine = 0.9995;
    private const int SequenceCount = 8;
    private const int NewTokens = 110;

    [Theory]
    [InlineData("q8_0")]
    [InlineData("q4_0")]
    public async Task Logits_ActivationsAsBytes_KeepPerplexityAndDirection(string quantize)
    {
        string model = TrainedModelTests.ModelFolder;
        Assert.SkipUnless(File.Exists(Path.Combine(model, "config.json")), "models/kimi-nano is not here");
        using TempFolder folder = new();
        string file = ModelConverter.Convert(model, folder["out"], GgufScheme.ForQuantize(quantize), []).ModelPath;
        int[][] sequences = await SequencesAsync(model);
        string floats = ModelDriver.FloatVariants[^1];
        float[][] original = Logits(model, floats, sequences);
        float[][] widened = Logits(file, floats, sequences);
        (double[] first, double[] second) = (Losses(sequences, original), Losses(sequences, widened));
        foreach (string kernels in ModelDriver.Int8Variants.Except(["int8-scalar"]))
        {
            float[][] actual = Logits(file, kernels, sequences);
            double[] losses = Losses(sequences, actual);
            (double change, double error) = Change(second, losses);
            double median = Median(widened, actual);
            output.WriteLine(
                $"{kernels}, {quantize}, {actual.Length} positions: perplexity {change:P3} ± {error:P3} against the same weights as "
                + $"floats, {Change(first, losses).Mean:P3} against BF16; median cosine {median:F6} and {Median(original, actual):F6}");
            Assert.InRange(Math.Abs(change), 0, PerplexityShare + (3 * error));
            Assert.InRange(median, LeastMedianCosine, 1.000001);
        }
    }

    private static async Task<int[][]> SequencesAsync(string model)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(model, "golden", "logits.json")));
        int[][] beginnings = [.. golden.RootElement.GetProperty("rows").EnumerateArray()
            .Select(row => row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray())];
        await using InferenceEngine engine = InferenceEngine.Open(model, new EngineOptions { Kernels = "v128", Threads = 1 });
        List<int[]> sequences = [];
        for (int i = 0; i < SequenceCount; i++)
        {
            List<int> ids = [.. beginnings[i % beginnings.Length]];
            Generation generation = engine.Submit(new GenerationRequest
            {
                RequestId = $"text-{i}",
                TenantId = "test",
                PromptIds = ids.ToArray(),
                MaxNewTokens = NewTokens,
                Sampling = new SamplingParams { Temperature = 1, Seed = (ulong)i },
            });
            await foreach (TokenEvent token in generation.ReadAsync(TestContext.Current.CancellationToken))
            {
                if (token.Finish is null)
                {
                    ids.Add(token.TokenId);
                }
            }

            sequences.Add([.. ids]);
        }

        return [.. sequences];
    }

    private static float[][] Logits(string model, string kernels, int[][] sequences)
    {
        using LogitProbe probe = new(model, new EngineOptions { Kernels = kernels, Threads = 1 });
        List<float[]> rows = [];
        foreach (int[] ids in sequences)
        {
            probe.Visit(ids, true, (_, logits) => rows.Add(logits.ToArray()));
        }

        return [.. rows];
    }

    /// <summary>−ln p of every next token.</summary>
    private static double[] Losses(int[][] sequences, float[][] logits)
    {
        List<double> losses = [];
        int row = 0;
        foreach (int[] ids in sequences)
        {
            for (int i = 0; i + 1 < ids.Length; i++)
            {
                double total = 0;
                foreach (float value in logits[row + i])
                {
                    total += Math.Exp(value - logits[row + i][ids[i + 1]]);
                }

                losses.Add(Math.Log(total));
            }

            row += ids.Length;
        }

        return [.. losses];
    }

    /// <summary>Relative change of perplexity for small changes, with the standard error of the mean.</summary>
    private static (double Mean, double Error) Change(double[] from, double[] to)
    {
        double[] changes = [.. from.Zip(to, (a, b) => b - a)];
        double mean = changes.Average();
        double variance = changes.Sum(change => (change - mean) * (change - mean)) / changes.Length;
        return (mean, Math.Sqrt(variance / changes.Length));
    }

    private static double Median(float[][] expected, float[][] actual)
    {
        double[] cosines = [.. expected.Zip(actual, GgufEqualityTests.Cosine).Order()];
        return cosines[cosines.Length / 2];
    }
}
