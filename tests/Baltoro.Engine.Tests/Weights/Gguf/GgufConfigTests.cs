using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights.Gguf;

public sealed class GgufConfigTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _model;

    public GgufConfigTests()
    {
        using TempFolder source = new();
        new TinyModel(1).Write(source.Path, bf16: true);
        _model = ModelConverter.Convert(source.Path, _folder.Path, GgufScheme.ForQuantize("q8_0"), []).ModelPath;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_WrittenKeys_GiveTheConfigBack(bool split)
    {
        foreach (string name in GoldenCase.Names.Except(["groups", "yarn-mscale", "nested-split", "dense-only"]))
        {
            KimiConfig config = ConfigReader.ReadFile(Path.Combine(GoldenCase.Root, name, "config.json"));
            string path = ModelConverter.Convert(
                Path.Combine(GoldenCase.Root, name), _folder.Path, new GgufScheme(BlockType.F32, BlockType.F32, split), []).ModelPath;
            KimiConfig back = Read(path);
            Assert.Equal(config.EosIds, back.EosIds);
            Assert.Equal(config with { EosIds = [], UnknownFields = [] }, back with { EosIds = [], UnknownFields = [] });
        }
    }

    [Fact]
    public void Read_MissingGatingFunction_IsSigmoidWhereTheBiasIsPresent()
    {
        KimiConfig config = Read(
            Edited(keys => Remove(keys, "expert_gating_func", "expert_weights_norm", "expert_group_count", "expert_group_used_count")));
        Assert.Equal((ScoringFunction.Sigmoid, TopKMethod.BiasedGroups, true), (config.Scoring, config.TopKMethod, config.NormalizeTopK));
        Assert.Equal((1, 1), (config.GroupCount, config.TopGroupCount));
        KimiConfig plain = Read(Edited(
            keys => Remove(keys, "expert_gating_func"),
            tensors => tensors.RemoveAll(t => t.Name.Contains("exp_probs", StringComparison.Ordinal))));
        Assert.Equal((ScoringFunction.Softmax, TopKMethod.Greedy), (plain.Scoring, plain.TopKMethod));
    }

    [Fact]
    public void Read_MissingYarnBetas_AreThirtyTwoAndOne()
    {
        YarnScaling? yarn = Read(Edited(keys => Remove(keys, "rope.scaling.yarn_beta_fast", "rope.scaling.yarn_beta_slow"))).Yarn;
        Assert.Equal(new YarnScaling(32, 64, 32, 1, 1, 1), yarn);
    }

    [Fact]
    public void Read_YarnMultiplier_GivesTheSoftmaxScaleOfTheSameConfig()
    {
        KimiConfig expected = new TinyModel(1).Config;
        Assert.Equal(expected.SoftmaxScale, Read(_model).SoftmaxScale);
        Assert.Equal(expected.RmsNormEps, Read(_model).RmsNormEps);
        Assert.Equal(expected.RopeTheta, Read(_model).RopeTheta);
        KimiConfig other = Read(Edited(keys => keys["deepseek2.rope.scaling.yarn_log_multiplier"] = 0.0707f));
        Assert.Equal(0.707, other.Yarn?.MscaleAllDim);
    }

    [Theory]
    [InlineData("deepseek2.rope.scaling.yarn_log_multiplier")]
    [InlineData("deepseek2.block_count")]
    [InlineData("deepseek2.embedding_length")]
    [InlineData("deepseek2.attention.head_count")]
    [InlineData("deepseek2.attention.kv_lora_rank")]
    [InlineData("deepseek2.attention.layer_norm_rms_epsilon")]
    [InlineData("deepseek2.rope.dimension_count")]
    [InlineData("deepseek2.context_length")]
    [InlineData("deepseek2.expert_used_count")]
    [InlineData("general.architecture")]
    public void Read_MissingKey_IsNamed(string key)
    {
        ModelFormatException fault = Assert.Throws<ModelFormatException>(() => Read(Edited(keys => keys.Remove(key))));
        Assert.Equal(key, fault.Field);
        Assert.Contains("no such key", fault.Message);
    }

    [Theory]
    [InlineData("deepseek2.attention.head_count", 0u)]
    [InlineData("deepseek2.block_count", "three")]
    [InlineData("deepseek2.rope.scaling.type", "longrope")]
    [InlineData("deepseek2.attention.q_lora_rank", 0u)]
    [InlineData("deepseek2.expert_used_count", 9u)]
    [InlineData("deepseek2.expert_gating_func", 3u)]
    [InlineData("deepseek2.attention.layer_norm_rms_epsilon", float.NaN)]
    [InlineData("general.architecture", "llama")]
    public void Read_WrongValue_NamesTheKey(string key, object value) =>
        Assert.Equal(key, Assert.Throws<ModelFormatException>(() => Read(Edited(keys => keys[key] = value))).Field);

    [Fact]
    public void Read_OddRopeWidth_NamesTheFieldBehindTheKey()
    {
        string path = Edited(keys => keys["deepseek2.rope.dimension_count"] = 15u);
        Assert.Contains("qk_rope_head_dim", Assert.Throws<ModelFormatException>(() => Read(path)).Field);
    }

    [Fact]
    public void Read_HeadCountPerLayerAndNoVocabularyKey_AreUnderstood()
    {
        KimiConfig config = Read(Edited(keys =>
        {
            keys["deepseek2.attention.head_count"] = new[] { 2, 2, 2 };
            keys.Remove("deepseek2.vocab_size");
        }));
        Assert.Equal((2, 288), (config.HeadCount, config.VocabularySize));
        Assert.Throws<ModelFormatException>(() => Read(Edited(keys => keys["deepseek2.attention.head_count"] = new[] { 2, 4, 2 })));
    }

    [Fact]
    public void Read_DraftLayers_AreNotCountedAndTheirTensorsLeftOut()
    {
        string path = Edited(keys => keys["deepseek2.nextn_predict_layers"] = 1u);
        Assert.Equal(2, Read(path).LayerCount);
        ModelReport report = ModelVerifier.Verify(path, readValues: false);
        Assert.Empty(report.Problems);
        Assert.All(report.NotLoaded, name => Assert.StartsWith("blk.2.", name, StringComparison.Ordinal));
    }

    /// <summary>Any number in any key: a report or a typed error; nothing else, and no huge allocation.</summary>
    [Fact]
    public void Verify_ExtremeNumbersInAnyKey_IsAReportOrATypedError()
    {
        object[] extremes =
        [
            0u, 1u, 3u, 16u, 65_536u, 65_537u, (uint)int.MaxValue, uint.MaxValue, long.MinValue, ulong.MaxValue, -1, 1e30f, float.NaN,
            "x", true,
        ];
        IEnumerable<string> names = GgufFile.ReadHeader(_model).Metadata.Values.Keys;
        foreach (string key in names.Where(name => name.StartsWith("deepseek2.", StringComparison.Ordinal)))
        {
            foreach (object extreme in extremes)
            {
                string path = Edited(keys => keys[key] = extreme);
                try
                {
                    ModelReport report = ModelVerifier.Verify(path, readValues: false);
                    Assert.InRange(report.Problems.Count, 0, 300_000);
                }
                catch (ModelFormatException fault)
                {
                    Assert.NotEmpty(fault.Field);
                }
            }
        }
    }

    [Fact]
    public void Find_FolderOfSafetensors_HasNoMetadata()
    {
        Assert.Null(GgufMetadata.Find(Path.Combine(GoldenCase.Root, "plain-q")));
        Assert.Equal("deepseek2", GgufMetadata.Find(_folder.Path)?.FindText("general.architecture"));
    }

    [Fact]
    public void Load_WrongTensors_NamesThemAll()
    {
        string path = Edited(tensors: tensors =>
        {
            tensors.RemoveAll(t => t.Name == "blk.1.attn_norm.weight");
            int down = tensors.FindIndex(t => t.Name == "blk.0.ffn_down.weight");
            tensors[down] = SampleGguf.Plan("blk.0.ffn_down.weight", BlockType.Q8_0, [96, 64]);
            int up = tensors.FindIndex(t => t.Name == "blk.1.ffn_up_exps.weight");
            tensors[up] = SampleGguf.Plan("blk.1.ffn_up_exps.weight", BlockType.MXFP4, [8, 32, 64]);
            tensors.Add(SampleGguf.Plan("blk.1.attn_q_norm.weight", BlockType.F32, [16]));
        });
        string message = Assert.Throws<ModelFormatException>(
            () => ModelRunner.Load(path, new EngineOptions { Threads = 1 }).Dispose()).Message;
        Assert.Contains("blk.1.attn_norm.weight [64] is missing", message);
        Assert.Contains("blk.0.ffn_down.weight is [96, 64], the metadata makes it [64, 96]", message);
        Assert.Contains("blk.1.ffn_up_exps.weight is MXFP4, readable are F32, F16", message);
        Assert.Contains("blk.1.attn_q_norm.weight is left over", message);
    }

    private static KimiConfig Read(string path)
    {
        using GgufModel model = GgufModel.Open(path);
        return GgufConfig.Read(model);
    }

    private static void Remove(Dictionary<string, object> keys, params string[] names)
    {
        foreach (string name in names)
        {
            Assert.True(keys.Remove("deepseek2." + name));
        }
    }

    private string Edited(Action<Dictionary<string, object>>? keys = null, Action<List<GgufTensorPlan>>? tensors = null)
    {
        string path = _folder["edited.gguf"];
        GgufRewriter.Rewrite(_model, path, tensors, keys);
        return path;
    }
}
