using System.Security.Cryptography;
using Baltoro.Engine.Model;
using Baltoro.Engine.Schedule;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Tests.Weights.Gguf;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights.Export;

public sealed class ConvertTests
{
    [Fact]
    public void Convert_Folder_WritesOneFileAndCopiesWhatBelongsToIt()
    {
        using TempFolder source = new();
        using TempFolder target = new();
        new TinyModel(3).Write(source.Path, bf16: true);
        File.WriteAllText(source["tiktoken.model"], "ranks");
        List<string> heard = [];
        KeyValuePair<string, GgufValue>[] tokenizer = [SampleGguf.Pair("tokenizer.ggml.model", "gpt2")];
        ConversionReport report = ModelConverter.Convert(
            source.Path, target["out"], GgufScheme.ForQuantize("q4_0"), tokenizer, heard.Add);
        Assert.Equal(["config.json", "tiktoken.model"], report.SideFiles);
        Assert.Equal(new FileInfo(report.ModelPath).Length, report.WrittenBytes);
        using GgufModel model = GgufModel.Open(report.ModelPath);
        Assert.Equal("gpt2", model.Metadata.FindText("tokenizer.ggml.model"));
        Assert.Equal(model.Tensors.Select(t => t.Name).Order(), heard.Order());
        Assert.All(model.Tensors, tensor => Assert.Equal(
            tensor.Shape.Length == 1 || tensor.Name.Contains("gate_inp", StringComparison.Ordinal) ? BlockType.F32
                : tensor.Name.Contains("_exps", StringComparison.Ordinal) ? BlockType.Q4_0 : BlockType.Q8_0,
            tensor.Type));
        GgufEqualityTests.AssertSame(report.ModelPath, target["out"], ModelDriver.Variants[^1], [1, 2, 3]);
    }

    [Fact]
    public void Convert_GgufSource_CarriesKeysAndQuantizedBytesOver()
    {
        using TempFolder source = new();
        using TempFolder first = new();
        using TempFolder second = new();
        new TinyModel(4).Write(source.Path, bf16: true);
        KeyValuePair<string, GgufValue>[] tokenizer = [SampleGguf.Pair("tokenizer.ggml.tokens", new[] { "a", "b" })];
        string path = ModelConverter.Convert(source.Path, first.Path, GgufScheme.ForQuantize("q8_0"), tokenizer).ModelPath;
        string again = ModelConverter.Convert(path, second.Path, GgufScheme.ForQuantize("q8_0"), []).ModelPath;
        Assert.Equal(HashOf(path), HashOf(again));
        static string HashOf(string file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
    }

    [Theory]
    [InlineData("q6_k")]
    [InlineData("")]
    [InlineData("int4")]
    public void ForQuantize_UnknownName_ListsTheAllowedOnes(string name) =>
        Assert.Contains("f32, f16, bf16, q8_0, q4_0", Assert.Throws<ArgumentException>(() => GgufScheme.ForQuantize(name)).Message);

    [Fact]
    public void Write_RandomModel_LoadsAndIsAPureFunctionOfTheSeed()
    {
        using TempFolder folder = new();
        File.WriteAllText(folder["config.json"], new TinyModel(0).ConfigJson);
        GgufScheme scheme = new(BlockType.Q4_0, BlockType.Q8_0);
        RandomModelWriter.Write(folder["config.json"], folder["a.gguf"], scheme, 7);
        RandomModelWriter.Write(folder["config.json"], folder["b.gguf"], scheme, 7);
        long bytes = RandomModelWriter.Write(folder["config.json"], folder["c.gguf"], scheme, 8);
        Assert.Equal(File.ReadAllBytes(folder["a.gguf"]), File.ReadAllBytes(folder["b.gguf"]));
        Assert.NotEqual(File.ReadAllBytes(folder["a.gguf"]), File.ReadAllBytes(folder["c.gguf"]));
        Assert.Equal(bytes, new FileInfo(folder["c.gguf"]).Length);
        Assert.Empty(ModelVerifier.Verify(folder["a.gguf"], readValues: true).Problems);
        using ModelDriver driver = new(folder["a.gguf"], ModelDriver.Variants[^1], 1);
        float[][] rows = driver.Whole([5, 6, 7, 200], AttentionForm.Plain, 4);
        Assert.All(rows, row => Assert.InRange(row.Max(MathF.Abs), 0.1f, 100f));
    }

    [Fact]
    public void KeysOf_SyntheticVocabulary_HasAllBytesMergesAndDistinctTokens()
    {
        KimiConfig config = new TinyModel(0).Config with { VocabularySize = 70_000, BosId = 69_990, EosIds = [69_991], PadId = null };
        Dictionary<string, GgufValue> keys = SyntheticVocabulary.KeysOf(config).ToDictionary(pair => pair.Key, pair => pair.Value);
        IReadOnlyList<string> tokens = keys["tokenizer.ggml.tokens"].AsTexts() ?? [];
        Assert.Equal(70_000, tokens.Distinct().Count());
        Assert.Equal(69_990 - 256, keys["tokenizer.ggml.merges"].AsTexts()?.Count);
        Assert.All(keys["tokenizer.ggml.merges"].AsTexts() ?? [], merge => Assert.Equal(2, merge.Split(' ').Length));
        Assert.Equal(69_990, keys["tokenizer.ggml.bos_token_id"].AsInteger());
        Assert.Equal(10, keys["tokenizer.ggml.token_type"].AsIntegers()?.Count(type => type == 3));
        Assert.Empty(SyntheticVocabulary.KeysOf(config with { VocabularySize = 61 }));
    }

    [Fact]
    public void Open_FolderWithTwoModels_IsRefused()
    {
        using TempFolder folder = new();
        File.WriteAllBytes(folder["a.gguf"], []);
        File.WriteAllBytes(folder["b.gguf"], []);
        Assert.Equal(
            "one model", Assert.Throws<Diagnostics.ModelFormatException>(() => ModelVerifier.Verify(folder.Path, false)).Expected);
    }
}
