using System.Text.Json;
using Baltoro.Engine.Diagnostics;

namespace Baltoro.Engine.Tests.Model;

/// <summary>
/// The weights that ship, against logits the training program computed from the same rounded weights in float32 with
/// PyTorch. Both sides accumulate in float32, in different orders: the largest difference seen was 6e-6 of logits up to 20,
/// and the bound leaves two orders of magnitude for other processors (docs/numerics.md, "Tolerance of logits").
/// </summary>
public class TrainedModelTests
{
    private const float Tolerance = 2e-3f;

    internal static readonly string ModelFolder = Path.Combine(Root(), "models", "kimi-nano");

    [Theory]
    [InlineData("v512")]
    [InlineData("v256")]
    [InlineData("v128")]
    [InlineData("scalar")]
    public void Logits_OfTheShippedWeights_EqualTheTrainers(string kernels)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(ModelFolder, "config.json")), "models/kimi-nano is not here");
        Assert.SkipUnless(EngineOptions.SupportedKernels.Contains(kernels), $"this processor has no {kernels}");
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(ModelFolder, "golden", "logits.json")));
        using var probe = new LogitProbe(ModelFolder, new EngineOptions { Kernels = kernels, Threads = 1 });
        foreach (JsonElement row in golden.RootElement.GetProperty("rows").EnumerateArray())
        {
            int[] ids = Integers(row.GetProperty("ids"));
            int[] best = Integers(row.GetProperty("argmax_per_position"));
            probe.Visit(ids, true, (position, logits) =>
            {
                Assert.Equal(best[position], ArgMax(logits));
                if (position == ids.Length - 1)
                {
                    Compare(row, logits);
                }
            });
        }
    }

    private static void Compare(JsonElement row, ReadOnlySpan<float> logits)
    {
        int[] topIds = Integers(row.GetProperty("top_ids"));
        for (int i = 0; i < topIds.Length; i++)
        {
            Assert.Equal(row.GetProperty("top_values")[i].GetSingle(), logits[topIds[i]], Tolerance);
        }

        for (int id = 0; id < 8; id++)
        {
            Assert.Equal(row.GetProperty("first8")[id].GetSingle(), logits[id], Tolerance);
        }
    }

    private static int ArgMax(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int id = 1; id < logits.Length; id++)
        {
            best = logits[id] > logits[best] ? id : best;
        }

        return best;
    }

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Baltoro.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
