using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights.Gguf;

/// <summary>
/// The same weights through safetensors and GGUF. Where both hold the same values the logits are equal bit for bit, because
/// every product runs the same sums in the same order; where values were rounded, bounds follow from the rounding.
/// </summary>
public sealed class GgufEqualityTests
{
    private const int RowCount = 40;

    /// <summary>The golden shapes that GGUF can express: moe_layer_freq 1, mscale as mscale_all_dim.</summary>
    public static TheoryData<string, bool> GoldenCases()
    {
        TheoryData<string, bool> data = [];
        foreach (string name in GoldenCase.Names.Except(["groups", "yarn-mscale"]))
        {
            data.Add(name, true);
            data.Add(name, false);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(GoldenCases))]
    public void Logits_GoldenModelAsGguf_EqualSafetensorsBitForBit(string name, bool split)
    {
        GoldenCase golden = GoldenCase.Load(name);
        using TempFolder folder = new();
        foreach (BlockType type in new[] { BlockType.F32, BlockType.BF16 })
        {
            if (type == BlockType.BF16 && name is "shared-two" or "tied-raw")
            {
                continue; // stored wider than bfloat16
            }

            string path = ModelConverter.Convert(golden.Folder, folder.Path, new GgufScheme(type, type, split), []).ModelPath;
            foreach (string kernels in ModelDriver.PlainModelVariants)
            {
                AssertSame(golden.Folder, path, kernels, [.. golden.Sequences[0].Ids]);
            }
        }
    }

    [Theory]
    [InlineData("q8_0", true)]
    [InlineData("q8_0", false)]
    [InlineData("q4_0", true)]
    [InlineData("q4_0", false)]
    [InlineData("q5_1", true)]
    public void Logits_QuantizedFile_EqualItsWidenedCopyBitForBit(string quantize, bool split)
    {
        using TempFolder source = new();
        using TempFolder quantized = new();
        using TempFolder widened = new();
        new TinyModel(Seed.Of(this)).Write(source.Path, bf16: false);
        GgufScheme scheme = GgufScheme.ForQuantize(quantize) with { SplitKeyValue = split };
        string packed = ModelConverter.Convert(source.Path, quantized.Path, scheme, []).ModelPath;
        string wide = ModelConverter.Convert(packed, widened.Path, new GgufScheme(BlockType.F32, BlockType.F32, split), []).ModelPath;
        foreach (string kernels in ModelDriver.FloatVariants)
        {
            AssertSame(packed, wide, kernels, Ids(288));
        }
    }

    /// <summary>
    /// Rounding every weight with relative error e (root mean square) turns the logits by about ½·m·e² in 1 − cosine, m the
    /// matrices one after the other on the way: 8 per layer and 2 outside. e = step / √12 / deviation: about 0.0055 for Q8_0
    /// (largest of 32 about 2.4 deviations) and 0.087 for Q4_0. The best variant quantizes activations too, which adds another
    /// 0.0055² per matrix. Routing ties may move single positions, so the median is
    /// judged, with a factor 4 for the spread of ½·m·e² between positions.
    /// </summary>
    [Theory]
    [InlineData("q8_0", 0.0078)]
    [InlineData("q4_0", 0.087)]
    public void Logits_QuantizedFile_StayWithinTheRoundingOfTheWeights(string quantize, double relativeError)
    {
        using TempFolder source = new();
        using TempFolder quantized = new();
        new TinyModel(Seed.Of(this)).Write(source.Path, bf16: true);
        string path = ModelConverter.Convert(source.Path, quantized.Path, GgufScheme.ForQuantize(quantize), []).ModelPath;
        using ModelDriver expected = new(source.Path, ModelDriver.Variants[^1], 2);
        using ModelDriver actual = new(path, ModelDriver.Variants[^1], 2);
        int[] ids = Ids(288);
        double[] errors = [.. expected.Whole(ids, AttentionForm.Plain, ids.Length)
            .Zip(actual.Whole(ids, AttentionForm.Plain, ids.Length), (a, b) => 1 - Cosine(a, b)).Order()];
        double bound = 4 * 0.5 * ((8 * 3) + 2) * relativeError * relativeError;
        Assert.True(errors[errors.Length / 2] <= bound, $"median 1 − cosine {errors[errors.Length / 2]}, bound {bound}");
        Assert.True(errors[errors.Length / 2] > 0);
    }

    [Fact]
    public void Logits_FusedGateAndUp_EqualSeparateStacks()
    {
        using TempFolder source = new();
        using TempFolder target = new();
        new TinyModel(Seed.Of(this)).Write(source.Path, bf16: false);
        string path = ModelConverter.Convert(source.Path, target.Path, GgufScheme.ForQuantize("q8_0"), []).ModelPath;
        string fused = target["fused.gguf"];
        GgufRewriter.Rewrite(path, fused, GgufRewriter.Fuse);
        AssertSame(path, fused, ModelDriver.Variants[^1], Ids(288));
    }

    [Fact]
    public void Logits_JoinedBesideSplitKeyValue_UsesTheSplitOne()
    {
        using TempFolder source = new();
        using TempFolder target = new();
        using TempFolder joined = new();
        new TinyModel(Seed.Of(this)).Write(source.Path, bf16: false);
        string split = ModelConverter.Convert(source.Path, target.Path, GgufScheme.ForQuantize("f32"), []).ModelPath;
        string both = target["both.gguf"];
        string other = ModelConverter.Convert(
            source.Path, joined.Path, GgufScheme.ForQuantize("f32") with { SplitKeyValue = false }, []).ModelPath;
        GgufRewriter.Rewrite(split, both, tensors => tensors.AddRange(
            GgufRewriter.TensorsOf(other).Where(tensor => tensor.Name.Contains("attn_kv_b.", StringComparison.Ordinal))));
        using ModelRunner runner = ModelRunner.Load(both, new EngineOptions { Threads = 1 });
        Assert.Equal(3, runner.NotLoadedTensors.Count);
        AssertSame(split, both, ModelDriver.Variants[^1], Ids(288));
    }

    [Fact]
    public void Load_SplitFile_EqualsTheSingleOne()
    {
        using TempFolder source = new();
        using TempFolder target = new();
        new TinyModel(Seed.Of(this)).Write(source.Path, bf16: false);
        string path = ModelConverter.Convert(source.Path, target.Path, GgufScheme.ForQuantize("q4_0"), []).ModelPath;
        string second = GgufRewriter.Split(path, target["parts"], 3)[1];
        AssertSame(path, second, ModelDriver.Variants[^1], Ids(288));
    }

    internal static int[] Ids(int vocabulary) => [.. Enumerable.Range(0, RowCount).Select(i => ((i * 37) + 5) % vocabulary)];

    internal static void AssertSame(string left, string right, string kernels, int[] ids)
    {
        using ModelDriver expected = new(left, kernels, 2);
        using ModelDriver actual = new(right, kernels, 2);
        foreach (AttentionForm form in Enum.GetValues<AttentionForm>())
        {
            float[][] a = expected.Whole(ids, form, 16);
            float[][] b = actual.Whole(ids, form, 16);
            for (int row = 0; row < a.Length; row++)
            {
                Assert.All(a[row], value => Assert.True(float.IsFinite(value)));
                bool same = a[row].AsSpan().SequenceEqual(b[row]);
                Assert.True(same, $"{kernels}, {form}: row {row} differs, 1 − cosine {1 - Cosine(a[row], b[row])}");
            }
        }
    }

    internal static double Cosine(float[] a, float[] b)
    {
        (double dot, double left, double right) = (0, 0, 0);
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            left += (double)a[i] * a[i];
            right += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(left * right);
    }
}
