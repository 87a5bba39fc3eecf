using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;

namespace Baltoro.Engine.Tests.Model;

/// <summary>
/// Models with quantized weights, q5_1 for the formats that become 8-bit tiles, in the variants that quantize activations: I4, I5 and I6 bit for bit, and the distance to the
/// same weights as floats within what docs/numerics.md derives.
/// </summary>
public class QuantizedActivationTests
{
    private const int Vocabulary = 288;

    public static TheoryData<string, string, bool> Cases()
    {
        TheoryData<string, string, bool> data = [];
        foreach (string kernels in ModelDriver.Int8Variants)
        {
            data.Add(kernels, "q8_0", true);
            data.Add(kernels, "q4_0", false);
            data.Add(kernels, "q5_1", kernels == "int8-avx2");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_AnyChunksAndThreads_IsBitIdentical(string kernels, string quantize, bool split)
    {
        using TempFolder folder = new();
        string path = Write(folder, quantize, split);
        int[] ids = [.. Enumerable.Range(0, 180).Select(i => ((i * i * 37) + 5) % Vocabulary)]; // more than a tile of keys
        using ModelDriver one = new(path, kernels, 1);
        foreach (AttentionForm form in Enum.GetValues<AttentionForm>())
        {
            float[][] expected = one.Whole(ids, form, ids.Length);
            (int Threads, int Chunk)[] cuts = [(3, 50), (2, 130), (1, 7), (2, 32), (2, 64), (3, 13), (3, ids.Length), (1, 1)];
            foreach ((int threads, int chunk) in kernels == "int8-scalar" ? cuts[..2] : cuts)
            {
                using ModelDriver driver = new(path, kernels, threads);
                InvarianceTests.AssertSameBits(expected, driver.Whole(ids, form, chunk), $"{form}, {threads} threads, chunks of {chunk}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Step_ManySequencesTogether_EqualsEachAlone(string kernels, string quantize, bool split)
    {
        using TempFolder folder = new();
        using ModelDriver driver = new(Write(folder, quantize, split), kernels, 2);
        int[] ids = GgufEqualityTests.Ids(Vocabulary);
        int[] prefixes = [3, 19, 1, 30, 8, 12];
        for (int i = 0; i < prefixes.Length; i++)
        {
            driver.Step(ModelDriver.Slice(ids.AsMemory(0, prefixes[i]), 0, ModelDriver.PagesOf(i), AttentionForm.Plain, 0));
        }

        SequenceSlice[] slices = [.. prefixes.Select((prefix, i) => InvarianceTests.Continue(ids, prefix, i))];
        float[][] alone = [.. slices.SelectMany(slice => driver.Step(slice))];
        InvarianceTests.AssertSameBits(alone, driver.Step(slices), "all together");
    }

    /// <summary>
    /// An activation rounded to a step of largest / 127 has the relative error e ≈ 0.0055 of Q8_0 weights, independent from value
    /// to value, so the bound is that of rounded weights: 1 − cosine about ½·m·e² for m products one after the other, times 4
    /// for the spread between positions; routing ties may move single positions, so the median is judged.
    /// </summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_AgainstTheSameWeightsAsFloats_StayWithinTheRounding(string kernels, string quantize, bool split)
    {
        using TempFolder folder = new();
        string path = Write(folder, quantize, split);
        using ModelDriver expected = new(path, "scalar", 2);
        using ModelDriver actual = new(path, kernels, 2);
        int[] ids = GgufEqualityTests.Ids(Vocabulary);
        foreach (AttentionForm form in Enum.GetValues<AttentionForm>())
        {
            double[] errors = [.. expected.Whole(ids, form, ids.Length)
                .Zip(actual.Whole(ids, form, ids.Length), (a, b) => 1 - GgufEqualityTests.Cosine(a, b)).Order()];
            const double Bound = 4 * 0.5 * ((8 * 3) + 2) * 0.0055 * 0.0055;
            Assert.InRange(errors[errors.Length / 2], 1e-12, Bound);
        }
    }

    private string Write(TempFolder folder, string quantize, bool split)
    {
        new TinyModel(Seed.Of(this)).Write(folder.Path, bf16: false);
        GgufScheme scheme = GgufScheme.ForQuantize(quantize) with { SplitKeyValue = split };
        return ModelConverter.Convert(folder.Path, folder["out"], scheme, []).ModelPath;
    }
}
