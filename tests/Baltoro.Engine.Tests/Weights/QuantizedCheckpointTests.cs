using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;

namespace Baltoro.Engine.Tests.Weights;

/// <summary>Safetensors with INT4 experts or FP8 matrices equal plain ones that hold the same values, bit for bit.</summary>
public sealed class QuantizedCheckpointTests
{
    private const string Int4Config = """
        , "quantization_config": {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0": {
          "targets": ["Linear"], "weights": {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "symmetric": true, "actorder": null}}}}
        """;

    private const string Fp8Config = """
        , "quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128], "activation_scheme": "dynamic"}
        """;

    [Theory]
    [InlineData(1f, false)]
    [InlineData(1e-7f, true)]
    public void Logits_Int4Experts_EqualTheSameValuesAsFloat32(float scale, bool shapesAsI64)
    {
        using TempFolder packed = new();
        using TempFolder plain = new();
        int seed = Seed.Of(this);
        WriteInt4(packed.Path, Int4Config, bf16: true, scale, shapesAsI64);
        new TinyModel(seed).Write(plain.Path, bf16: true, (builder, role, shape, values) =>
        {
            if (IsExpert(role))
            {
                builder.Add(role, bf16: false, shape, Int4Values(values, shape[1], scale));
            }

            return IsExpert(role);
        });
        foreach (string kernels in ModelDriver.FloatVariants)
        {
            GgufEqualityTests.AssertSame(plain.Path, packed.Path, kernels, GgufEqualityTests.Ids(288));
        }
    }

    [Fact]
    public void Convert_Int4Experts_KeepsEveryCode()
    {
        using TempFolder packed = new();
        using TempFolder converted = new();
        WriteInt4(packed.Path, Int4Config, bf16: false, 1);
        foreach (string quantize in new[] { "q4_0", "q8_0" })
        {
            GgufScheme scheme = GgufScheme.ForQuantize(quantize) with { Dense = BlockType.F32 };
            string path = ModelConverter.Convert(packed.Path, converted.Path, scheme, []).ModelPath;
            GgufEqualityTests.AssertSame(packed.Path, path, ModelDriver.Variants[^1], GgufEqualityTests.Ids(288));
        }
    }

    [Fact]
    public void Convert_Int4ScaleOutsideFloat16_IsNamed()
    {
        using TempFolder packed = new();
        using TempFolder converted = new();
        WriteInt4(packed.Path, Int4Config, bf16: false, 1e-7f);
        ModelFormatException fault = Assert.Throws<ModelFormatException>(
            () => ModelConverter.Convert(packed.Path, converted.Path, GgufScheme.ForQuantize("q4_0"), []));
        Assert.Contains("_exps.weight", fault.Field);
        Assert.Empty(Directory.GetFiles(converted.Path, "*.gguf*"));
    }

    [Fact]
    public void Logits_Fp8Matrices_EqualTheSameValuesAsBfloat16()
    {
        using TempFolder packed = new();
        using TempFolder plain = new();
        int seed = Seed.Of(this);
        WriteFp8(packed.Path, seed);
        new TinyModel(seed).Write(plain.Path, bf16: true, (builder, role, shape, values) =>
        {
            if (IsFp8(role))
            {
                builder.Add(role, bf16: true, shape, AddFp8(builder, role, shape, values, store: false));
            }

            return IsFp8(role);
        });
        GgufEqualityTests.AssertSame(plain.Path, packed.Path, ModelDriver.Variants[^1], GgufEqualityTests.Ids(288));
    }

    [Theory]
    [InlineData("model.layers.1.mlp.experts.3.up_proj.weight_scale", null, "experts.3.up_proj.weight_scale [32, 2] is missing")]
    [InlineData("model.layers.1.mlp.experts.3.up_proj.weight_packed", "shape", "weight_packed is [64, 4], config.json makes it [32, 8]")]
    [InlineData("model.layers.1.mlp.experts.3.up_proj.weight_packed", "F32", "weight_packed is F32, its quantization makes it Int32")]
    [InlineData("model.layers.1.mlp.experts.3.up_proj.weight_shape", null, "weight_shape [2] is missing")]
    public void Load_BrokenInt4Parts_AreNamed(string tensor, string? change, string expected)
    {
        using TempFolder packed = new();
        WriteInt4(packed.Path, Int4Config, bf16: true, 1);
        SafetensorsText.Edit(packed["model.safetensors"], header =>
        {
            switch (change)
            {
                case null: header.Remove(tensor); break;
                case "shape": header[tensor]!["shape"] = new JsonArray(64, 4); break;
                default: header[tensor]!["dtype"] = change; break;
            }
        });
        ModelFormatException fault = Assert.Throws<ModelFormatException>(
            () => ModelRunner.Load(packed.Path, new EngineOptions { Threads = 1 }).Dispose());
        Assert.Contains(expected, fault.Message);
        IReadOnlyList<string> problems = ModelVerifier.Verify(packed.Path, readValues: false).Problems;
        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Load_PackedTensorsWithoutQuantizationConfig_AreNamed()
    {
        using TempFolder packed = new();
        WriteInt4(packed.Path, config: "", bf16: true, 1);
        IReadOnlyList<string> problems = ModelVerifier.Verify(packed.Path, readValues: false).Problems;
        Assert.Contains("model.layers.1.mlp.experts.0.gate_proj.weight [32, 64] is missing", problems);
        Assert.Contains("model.layers.1.mlp.experts.0.gate_proj.weight_packed is left over", problems);
    }

    [Fact]
    public void Verify_ValueThatIsNotFinite_NamesRoleAndRow()
    {
        using TempFolder folder = new();
        TinyModel model = new(Seed.Of(this));
        model.Write(folder.Path, bf16: false, (builder, role, shape, values) =>
        {
            if (role == "lm_head.weight")
            {
                values[(5 * shape[1]) + 3] = float.NaN;
                builder.Add(role, "F32", shape, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
                return true;
            }

            return false;
        });
        Assert.Empty(ModelVerifier.Verify(folder.Path, readValues: false).Problems);
        Assert.Equal(
            ["lm_head.weight, row 5, holds values that are not finite"], ModelVerifier.Verify(folder.Path, readValues: true).Problems);
    }

    private static bool IsExpert(string role) => role.Contains(".experts.", StringComparison.Ordinal);

    private static bool IsFp8(string role) =>
        role.EndsWith("_proj.weight", StringComparison.Ordinal) || role.EndsWith("_mqa.weight", StringComparison.Ordinal);

    /// <summary>A model with INT4 experts whose scales are multiplied by <paramref name="scale"/>.</summary>
    internal static void WriteInt4(string folder, int seed, float scale) => WriteInt4(folder, seed, Int4Config, bf16: true, scale, shapesAsI64: false);

    /// <summary>A model with FP8 matrices.</summary>
    internal static void WriteFp8(string folder, int seed) => new TinyModel(seed, Fp8Config).Write(
        folder,
        bf16: true,
        (builder, role, shape, values) => IsFp8(role) && AddFp8(builder, role, shape, values, store: true) is not null);

    private void WriteInt4(string folder, string config, bool bf16, float scale, bool shapesAsI64 = false) =>
        WriteInt4(folder, Seed.Of(this), config, bf16, scale, shapesAsI64);

    private static void WriteInt4(string folder, int seed, string config, bool bf16, float scale, bool shapesAsI64) => new TinyModel(seed, config).Write(
        folder,
        bf16,
        (builder, role, shape, values) => IsExpert(role) && AddInt4(builder, role, shape, values, scale, shapesAsI64));

    /// <summary>Codes −7…7 of a bfloat16 scale per group, times <paramref name="scale"/>.</summary>
    private static (int[] Codes, float[] Scales) Quantize(float[] values, int columns, float scale)
    {
        int[] codes = new int[values.Length];
        float[] scales = new float[values.Length / 32];
        for (int group = 0; group < scales.Length; group++)
        {
            Span<float> part = values.AsSpan(group * 32, 32);
            float step = 0;
            foreach (float value in part)
            {
                step = MathF.Max(step, MathF.Abs(value) / 7);
            }

            scales[group] = TinyModel.Rounded(BlockType.BF16, [step * scale])[0];
            for (int i = 0; i < 32; i++)
            {
                codes[(group * 32) + i] = (int)MathF.Round(part[i] / step);
            }
        }

        Assert.Equal(0, columns % 32);
        return (codes, scales);
    }

    private static float[] Int4Values(float[] values, int columns, float scale)
    {
        (int[] codes, float[] scales) = Quantize(values, columns, scale);
        return [.. codes.Select((code, i) => code * scales[i / 32])];
    }

    private static bool AddInt4(CheckpointBuilder builder, string role, int[] shape, float[] values, float scale, bool shapesAsI64)
    {
        (int[] codes, float[] scales) = Quantize(values, shape[1], scale);
        byte[] words = new byte[codes.Length / 2];
        for (int word = 0; word < codes.Length / 8; word++)
        {
            uint bits = 0;
            for (int i = 0; i < 8; i++)
            {
                bits |= (uint)(codes[(word * 8) + i] + 8) << (4 * i);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(words.AsSpan(word * 4), bits);
        }

        builder.Add(role + "_packed", "I32", [shape[0], shape[1] / 8], words);
        builder.Add(role + "_scale", bf16: true, [shape[0], shape[1] / 32], scales);
        byte[] lengths = [.. shape.SelectMany(
            length => shapesAsI64 ? BitConverter.GetBytes((long)length) : BitConverter.GetBytes(length))];
        builder.Add(role + "_shape", shapesAsI64 ? "I64" : "I32", [2], lengths);
        return true;
    }

    /// <summary>Nearest E4M3 code of value / factor with one factor per 128 × 128 block; returns what that stands for.</summary>
    private static float[] AddFp8(CheckpointBuilder builder, string role, int[] shape, float[] values, bool store)
    {
        int blocksPerRow = Fp8Blocks.BlockCount(shape[1]);
        float[] factors = [.. Enumerable.Range(0, Fp8Blocks.BlockCount(shape[0]) * blocksPerRow).Select(i => 0.003f + (0.0007f * i))];
        byte[] codes = new byte[values.Length];
        float[] meant = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            float factor = factors[(i / shape[1] / 128 * blocksPerRow) + (i % shape[1] / 128)];
            codes[i] = (byte)Enumerable.Range(0, 256)
                .Where(code => (code & 0x7F) != 0x7F)
                .MinBy(code => MathF.Abs((Fp8Blocks.ValueOf((byte)code) * factor) - values[i]));
            meant[i] = Fp8Blocks.ValueOf(codes[i]) * factor;
        }

        if (store)
        {
            builder.Add(role, "F8_E4M3", shape, codes);
            builder.Add(role + "_scale_inv", bf16: false, [Fp8Blocks.BlockCount(shape[0]), blocksPerRow], factors);
        }

        return meant;
    }
}
