using System.Text;
using System.Text.Json.Nodes;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using CsCheck;

namespace Baltoro.Engine.Tests.Model;

public class ConfigReaderTests
{
    private const string Name = "some/config.json";

    [Fact]
    public void ReadFile_KimiK25AsPublished_HasInt4Groups()
    {
        KimiConfig config = ConfigReader.ReadFile(PublishedPath);
        Assert.Equal(WeightQuantization.Int4Groups, config.Quantization);
        Assert.Empty(config.UnknownFields);
    }

    [Theory]
    [InlineData("num_bits", "8")]
    [InlineData("group_size", "128")]
    [InlineData("symmetric", "false")]
    [InlineData("strategy", "\"channel\"")]
    [InlineData("type", "\"float\"")]
    [InlineData("actorder", "\"group\"")]
    public void Read_OtherGroupQuantization_NamesTheField(string field, string value)
    {
        JsonObject json = Published();
        json["text_config"]!["quantization_config"]!["config_groups"]!["group_0"]!["weights"]![field] = JsonNode.Parse(value);
        Assert.Equal(
            $"text_config.quantization_config.config_groups.group_0.weights.{field}", Assert.Throws<ModelFormatException>(() => Read(json)).Field);
    }

    [Fact]
    public void Read_Fp8Blocks_AreKnown()
    {
        JsonObject json = Plain();
        json["quantization_config"] = JsonNode.Parse("{\"quant_method\":\"fp8\",\"fmt\":\"e4m3\",\"weight_block_size\":[128,128],\"activation_scheme\":\"dynamic\"}");
        Assert.Equal(WeightQuantization.Fp8Blocks, Read(json).Quantization);
    }

    [Fact]
    public void Read_KimiK25WithoutQuantization_GivesThePublishedShape()
    {
        JsonObject json = Published();
        json["text_config"]!.AsObject().Remove("quantization_config");
        KimiConfig config = Read(json);
        Assert.Empty(config.UnknownFields);
        Assert.Equal((7168, 61, 64, 1536, 512), (config.HiddenSize, config.LayerCount, config.HeadCount, config.QueryRank, config.LatentRank));
        Assert.Equal((128, 64, 128), (config.NopeHeadDim, config.RopeHeadDim, config.ValueHeadDim));
        Assert.Equal((384, 8, 1, 2048), (config.ExpertCount, config.ExpertsPerToken, config.SharedExpertCount, config.ExpertWidth));
        Assert.Equal((163840, 262144), (config.VocabularySize, config.MaxPositions));
        Assert.Equal([163586], config.EosIds);
        Assert.Equal((163584, 163839, 163605), (config.BosId, config.PadId, config.MediaPlaceholderId));
        Assert.True(config.HasVision);
        Assert.Equal(new YarnScaling(64, 4096, 32, 1, 1, 1), config.Yarn);
        Assert.Equal(0.14467962580269, config.SoftmaxScale, 1e-12);
        Assert.Equal(1e-5f, config.InnerNormEps);
        Assert.False(config.IsMoeLayer(0));
        Assert.True(config.IsMoeLayer(1));
    }

    [Fact]
    public void Read_RopeParameters_EqualsRopeScaling()
    {
        JsonObject older = Plain();
        older["rope_scaling"] = JsonNode.Parse("""{"type":"yarn","factor":32,"original_max_position_embeddings":4096,"beta_fast":1,"beta_slow":1,"mscale":1,"mscale_all_dim":1}""");
        JsonObject newer = Plain();
        newer.Remove("rope_theta");
        newer.Remove("rope_scaling");
        newer["rope_parameters"] = JsonNode.Parse(
            """{"rope_type":"yarn","rope_theta":50000.0,"factor":32,"original_max_position_embeddings":4096,"beta_fast":1,"beta_slow":1,"mscale":1,"mscale_all_dim":1}""");
        Assert.Equal(Read(older).Yarn, Read(newer).Yarn);
        Assert.Equal(Read(older).RopeTheta, Read(newer).RopeTheta);
        Assert.Empty(Read(newer).UnknownFields);
    }

    [Fact]
    public void Read_EosList_KeepsAll()
    {
        JsonObject json = Plain();
        json["eos_token_id"] = new JsonArray(3, 4);
        Assert.Equal([3, 4], Read(json).EosIds);
    }

    [Fact]
    public void Read_TrainedContext_IsOptional()
    {
        JsonObject json = Plain();
        Assert.Null(Read(json).TrainedContext);
        json["trained_context"] = 512;
        Assert.Equal(512, Read(json).TrainedContext);
    }

    [Fact]
    public void Read_UnknownField_IsReportedNotRefused()
    {
        JsonObject json = Plain();
        json["sliding_window"] = 128;
        json["rope_scaling"] = JsonNode.Parse("""{"type":"yarn","factor":2,"original_max_position_embeddings":64,"swirl":1}""");
        Assert.Equal(["sliding_window", "rope_scaling.swirl"], Read(json).UnknownFields);
    }

    [Theory]
    [InlineData("hidden_size", "0")]
    [InlineData("hidden_size", "null")]
    [InlineData("hidden_size", "\"40\"")]
    [InlineData("hidden_size", "40.5")]
    [InlineData("num_hidden_layers", "-1")]
    [InlineData("qk_rope_head_dim", "7")]
    [InlineData("scoring_func", "\"tanh\"")]
    [InlineData("topk_method", "\"group_limited_greedy\"")]
    [InlineData("model_type", "\"llama\"")]
    [InlineData("hidden_act", "\"gelu\"")]
    [InlineData("attention_bias", "true")]
    [InlineData("attention_bias", "1")]
    [InlineData("torch_dtype", "\"float8\"")]
    [InlineData("dtype", "\"float32\"")]
    [InlineData("n_group", "4")]
    [InlineData("topk_group", "2")]
    [InlineData("num_experts_per_tok", "7")]
    [InlineData("num_experts_per_tok", "null")]
    [InlineData("moe_intermediate_size", "null")]
    [InlineData("first_k_dense_replace", "9")]
    [InlineData("rope_theta", "null")]
    [InlineData("rms_norm_eps", "0")]
    [InlineData("eos_token_id", "61")]
    [InlineData("eos_token_id", "[2, \"x\"]")]
    [InlineData("quantization_config", "{\"quant_method\":\"fp8\"}", "quantization_config.weight_block_size")]
    [InlineData("quantization_config", "{\"quant_method\":\"gptq\"}", "quantization_config.quant_method")]
    [InlineData("quantization_config", "{\"quant_method\":\"compressed-tensors\",\"format\":\"dense\"}", "quantization_config.format")]
    [InlineData("rope_scaling", "{\"type\":\"linear\",\"factor\":2}", "rope_scaling.type")]
    [InlineData("rope_scaling", "{\"type\":\"yarn\",\"original_max_position_embeddings\":64}", "rope_scaling.factor")]
    [InlineData("rope_scaling", "{\"type\":\"yarn\",\"factor\":2}", "rope_scaling.original_max_position_embeddings")]
    [InlineData("rope_scaling", "{\"type\":\"yarn\",\"rope_type\":\"default\"}", "rope_scaling.factor")]
    [InlineData("rope_scaling", "[]", "rope_scaling")]
    [InlineData("rope_parameters", "{\"rope_theta\":10000.0}", "rope_parameters.rope_theta")]
    public void Read_WrongValue_NamesTheField(string field, string value, string? named = null)
    {
        JsonObject json = Plain();
        json[field] = JsonNode.Parse(value);
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Read(json));
        if (field != "rope_scaling" || !value.Contains("default"))
        {
            Assert.Equal(named ?? field, exception.Field);
        }

        Assert.StartsWith(Name, exception.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"hidden_size\":1,\"hidden_size\":1}")]
    [InlineData("\u0000")]
    public void Read_NotAConfig_IsNamed(string text) =>
        Assert.Equal(Name, Assert.Throws<ModelFormatException>(() => ConfigReader.Read(Encoding.UTF8.GetBytes(text), Name)).Path);

    [Fact]
    public void ReadFile_NoFile_SaysSo() =>
        Assert.Contains("found nothing", Assert.Throws<ModelFormatException>(() => ConfigReader.ReadFile("/nowhere/config.json")).Message);

    /// <summary>Whatever a damaged file holds, the reader either accepts it or names the file.</summary>
    [Fact]
    public void Read_RandomlyDamagedBytes_NeverThrowsAnythingElse()
    {
        byte[] good = Encoding.UTF8.GetBytes(Plain().ToJsonString());
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte, Gen.Int[0, 12]).Sample(
            (at, value, cut) =>
            {
                byte[] bad = [.. good[..at], value, .. good[Math.Min(at + cut, good.Length)..]];
                try
                {
                    ConfigReader.Read(bad, Name);
                }
                catch (ModelFormatException exception)
                {
                    Assert.Equal(Name, exception.Path);
                }
            },
            iter: 3000);
    }

    private static string PublishedPath => Path.Combine(AppContext.BaseDirectory, "data", "configs", "kimi-k2.5.json");

    private static JsonObject Published() => JsonNode.Parse(File.ReadAllText(PublishedPath))!.AsObject();

    private static JsonObject Plain() => JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenCase.Root, "plain-q", "config.json")))!.AsObject();

    private static KimiConfig Read(JsonNode json) => ConfigReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), Name);
}
