using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Export;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights;

/// <summary>
/// Dry runs over the headers of the whole official family: headers are made from each config with the published names,
/// prefixes and formats (data left out), and every tensor must find its role. Sizes are the published ones.
/// </summary>
public sealed class FamilyHeadersTests
{
    public static TheoryData<string> Members() =>
        ["kimi-k2.5", "kimi-k2-thinking", "kimi-k2-0905", "kimi-k2-0711", "moonlight", "kimi-vl"];

    [Theory]
    [MemberData(nameof(Members))]
    public void Check_PublishedHeaders_FitTheConfig(string member)
    {
        KimiConfig config = ConfigOf(member);
        Assert.Empty(config.UnknownFields);
        using IWeightSource source = SourceOf(member, config, _ => { });
        IReadOnlyList<string> notLoaded = WeightMap.Check(source, config, out WeightProblems problems);
        Assert.Empty(problems.Sentences);
        Assert.Equal(config.HasVision ? 2 : 0, notLoaded.Count);
        Assert.Equal(
            WeightsOf(member), RoleRecorder.RolesOf(config).Sum(role => role.Shape.Aggregate(1L, (product, length) => product * length)));
    }

    [Fact]
    public void Check_K25HeadersWithFaults_NamesEveryOne()
    {
        const string Prefix = "language_model.model.layers.";
        KimiConfig config = ConfigOf("kimi-k2.5");
        using IWeightSource source = SourceOf("kimi-k2.5", config, header =>
        {
            header.Remove(Prefix + "60.mlp.experts.383.down_proj.weight_scale");
            header[Prefix + "7.self_attn.q_b_proj.weight"] = ("BF16", [1536, 12288]);
            header["language_model.lm_heed.weight"] = header["language_model.lm_head.weight"];
            header.Remove("language_model.lm_head.weight");
        });
        WeightMap.Check(source, config, out WeightProblems problems);
        Assert.Equal(
            ["lm_head.weight [163840, 7168]", "model.layers.60.mlp.experts.383.down_proj.weight_scale [7168, 64]"], problems.Missing);
        Assert.Equal(["language_model.lm_heed.weight"], problems.LeftOver);
        Assert.Equal([Prefix + "7.self_attn.q_b_proj.weight is [1536, 12288], config.json makes it [12288, 1536]"], problems.Wrong);
    }

    [Theory]
    [MemberData(nameof(Members))]
    public void SlotsOf_FamilyMember_MatchTheRolesOneToOne(string member)
    {
        KimiConfig config = ConfigOf(member);
        foreach (bool split in new[] { true, false })
        {
            IReadOnlyList<GgufSlot> slots = GgufLayout.SlotsOf(config, new GgufScheme(BlockType.Q4_0, BlockType.Q8_0, split));
            HashSet<string> names = [.. slots.Select(slot => slot.Name)];
            Assert.Equal(slots.Count, names.Count);
            IEnumerable<string> wanted = RoleRecorder.RolesOf(config).Select(role => GgufNames.PlaceOf(role.Role).Name);
            Assert.Empty(wanted.Where(name => !name.Contains("attn_kv_b", StringComparison.Ordinal)).Except(names));
            Assert.Equal(WeightsOf(member), slots.Sum(slot => slot.Shape.Aggregate(1L, (product, length) => product * length)));
        }
    }

    [Fact]
    public void Read_K25SoftmaxScale_SurvivesGgufKeys()
    {
        KimiConfig config = ConfigOf("kimi-k2.5");
        List<KeyValuePair<string, GgufValue>> list = GgufKeys.Of(config, GgufScheme.ForQuantize("q4_0"), "k", "p");
        Dictionary<string, GgufValue> keys = list.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(0.1, keys["deepseek2.rope.scaling.yarn_log_multiplier"].AsReal());
        Assert.Equal((576L, 512L, 192L, 128L, 1L), (
            keys["deepseek2.attention.key_length"].AsInteger(), keys["deepseek2.attention.value_length"].AsInteger(),
            keys["deepseek2.attention.key_length_mla"].AsInteger(), keys["deepseek2.attention.value_length_mla"].AsInteger(),
            keys["deepseek2.attention.head_count_kv"].AsInteger()));
    }

    /// <summary>Published parameter counts of the text models, with norms and router biases.</summary>
    private static long WeightsOf(string member) => member is "moonlight" or "kimi-vl" ? 15_960_110_208 : 1_026_408_232_448;

    private static KimiConfig ConfigOf(string member) =>
        ConfigReader.Read(Encoding.UTF8.GetBytes(JsonOf(member).ToJsonString()), member + "/config.json");

    /// <summary>K2.5 as published; the others are K2.5's text fields with the differing values of the published configs.</summary>
    private static JsonObject JsonOf(string member)
    {
        JsonObject published = JsonNode.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "data", "configs", "kimi-k2.5.json")))!.AsObject();
        if (member == "kimi-k2.5")
        {
            return published;
        }

        JsonObject text = published["text_config"]!.DeepClone().AsObject();
        if (member != "kimi-k2-thinking")
        {
            text.Remove("quantization_config");
        }

        text["rope_scaling"]!["beta_fast"] = 1.0;
        if (member is "kimi-k2-0711" or "kimi-k2-0905")
        {
            text["quantization_config"] = JsonNode.Parse("""{"quant_method":"fp8","fmt":"e4m3","weight_block_size":[128,128]}""");
            text["rope_scaling"]!["factor"] = member == "kimi-k2-0711" ? 32.0 : 64.0;
        }

        if (member is not ("moonlight" or "kimi-vl"))
        {
            return text;
        }

        MakeLite(text, member);
        return member == "moonlight"
            ? text
            : new JsonObject { ["model_type"] = "kimi_vl", ["text_config"] = text, ["vision_config"] = new JsonObject() };
    }

    private static void MakeLite(JsonObject text, string member)
    {
        (string Name, int Value)[] sizes =
        [
            ("hidden_size", 2048), ("num_hidden_layers", 27), ("num_attention_heads", 16), ("num_key_value_heads", 16),
            ("intermediate_size", 11264), ("moe_intermediate_size", 1408), ("n_routed_experts", 64), ("num_experts_per_tok", 6),
            ("n_shared_experts", 2), ("max_position_embeddings", 8192),
        ];
        foreach ((string name, int value) in sizes)
        {
            text[name] = value;
        }

        text["model_type"] = "deepseek_v3";
        text["q_lora_rank"] = null;
        text["rope_scaling"] = null;
        text["rope_theta"] = member == "moonlight" ? 50000.0 : 800000.0;
        text["routed_scaling_factor"] = 2.446;
    }

    private static CheckpointSource SourceOf(
        string member, KimiConfig config, Action<Dictionary<string, (string Dtype, int[] Shape)>> edit)
    {
        Dictionary<string, (string Dtype, int[] Shape)> header = [];
        void Add(string name, string dtype, int[] shape) => header.Add(name, (dtype, shape));
        string prefix = member is "kimi-k2.5" or "kimi-vl" ? "language_model." : "";
        foreach ((string role, int[] shape) in RoleRecorder.RolesOf(config))
        {
            AddRole(prefix + role, shape, config.Quantization, Add);
        }

        if (config.HasVision)
        {
            Add("vision_tower.patch_embed.proj.weight", "BF16", [1152, 3, 14, 14]);
            Add(member == "kimi-vl" ? "multi_modal_projector.linear_1.weight" : "mm_projector.proj.0.weight", "BF16", [4608, 4608]);
        }

        edit(header);
        (string text, long dataBytes) = TextOf(header);
        using HeaderStream stream = new(SafetensorsText.Build(text, 0), dataBytes);
        SafetensorsFile file = SafetensorsFile.ReadHeader(stream, member + ".safetensors");
        return new CheckpointSource(Checkpoint.FromHeaders(member, [file]), config.Quantization);
    }

    private static (string Text, long DataBytes) TextOf(Dictionary<string, (string Dtype, int[] Shape)> header)
    {
        StringBuilder text = new("{");
        long end = 0;
        foreach ((string name, (string dtype, int[] shape)) in header)
        {
            int bytes = ElementTypes.BytesOf(dtype) ?? throw new ArgumentException(dtype);
            long start = end;
            end += shape.Aggregate((long)bytes, (product, length) => product * length);
            text.Append(text.Length > 1 ? "," : "")
                .Append($"\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{start},{end}]}}");
        }

        return (text.Append('}').ToString(), end);
    }

    /// <summary>A role as its member's checkpoint stores it: routed experts packed in INT4, or every Linear but the head in FP8.</summary>
    private static void AddRole(string name, int[] shape, WeightQuantization quantization, Action<string, string, int[]> add)
    {
        bool expert = name.Contains(".experts.", StringComparison.Ordinal);
        bool linear = name.EndsWith("_proj.weight", StringComparison.Ordinal) || name.EndsWith("_mqa.weight", StringComparison.Ordinal);
        if (quantization == WeightQuantization.Int4Groups && expert)
        {
            add(name + "_packed", "I32", [shape[0], shape[1] / 8]);
            add(name + "_scale", "BF16", [shape[0], shape[1] / 32]);
            add(name + "_shape", "I32", [2]);
        }
        else if (quantization == WeightQuantization.Fp8Blocks && linear)
        {
            add(name, "F8_E4M3", shape);
            add(name + "_scale_inv", "F32", [(shape[0] + 127) / 128, (shape[1] + 127) / 128]);
        }
        else
        {
            add(name, name.EndsWith("bias", StringComparison.Ordinal) ? "F32" : "BF16", shape);
        }
    }

    /// <summary>A header followed by data that is not there: the length of the whole file, the bytes of its start.</summary>
    private sealed class HeaderStream(byte[] header, long dataBytes) : MemoryStream(header, writable: false)
    {
        public override long Length => base.Length + dataBytes;
    }
}
