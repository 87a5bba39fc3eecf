using System.Text.Json.Nodes;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;

namespace Baltoro.Engine.Tests.Weights;

public class WeightMapTests
{
    private const string FileName = "model.safetensors";

    [Fact]
    public void Load_NestedModel_ListsWhatItLeavesOut()
    {
        using ModelRunner runner = Load(Path.Combine(GoldenCase.Root, "nested-split"));
        Assert.Equal(
            [
                "language_model.model.layers.0.self_attn.rotary_emb.inv_freq", "language_model.model.layers.2.eh_proj.weight", "mm_projector.proj.0.weight",
                "vision_tower.patch_embed.proj.weight",
            ],
            runner.NotLoadedTensors.Order(StringComparer.Ordinal));
        Assert.False(runner.Config.HasVision);
        Assert.Null(runner.Images);
        Assert.Equal(5, runner.Config.MediaPlaceholderId);
    }

    [Fact]
    public void Load_SeveralProblems_NamesThemAll()
    {
        using TempFolder folder = new("plain-q");
        SafetensorsText.Edit(folder[FileName], header =>
        {
            SafetensorsText.Rename(header, "model.norm.weight", "model.nrom.weight");
            JsonArray shape = header["lm_head.weight"]!["shape"]!.AsArray();
            (shape[0], shape[1]) = ((int)shape[1]!, (int)shape[0]!);
        });
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose());
        Assert.Equal("tensors", exception.Field);
        Assert.Contains("model.norm.weight [40] is missing", exception.Message);
        Assert.Contains("model.nrom.weight is left over", exception.Message);
        Assert.Contains("lm_head.weight is [40, 61], config.json makes it [61, 40]", exception.Message);
    }

    [Fact]
    public void Load_UnsupportedDtype_NamesTensorAndFile()
    {
        using TempFolder folder = new("plain-q");
        SafetensorsText.Edit(folder[FileName], header => header["model.norm.weight"]!["dtype"] = "I16");
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose());
        Assert.Equal((folder[FileName], "model.norm.weight.dtype"), (exception.Path, exception.Field));
    }

    [Fact]
    public void Load_TwoNamesForOneTensor_AreBothNamed()
    {
        using TempFolder folder = new("plain-q");
        SafetensorsText.Edit(folder[FileName], header => header["language_model.norm.weight"] =
            JsonNode.Parse("""{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"""));
        Assert.Contains("mean the same tensor", Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose()).Message);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../secret.safetensors"}}""", "weight_map.a")]
    [InlineData("""{"weight_map":{"a":7}}""", "weight_map.a")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("""{}""", "weight_map")]
    [InlineData("""{""", "index")]
    [InlineData("""{"weight_map":{"lost":"model-00001-of-00002.safetensors"}}""", "weight_map.lost")]
    public void Load_BadIndex_NamesTheEntry(string index, string field)
    {
        using TempFolder folder = new("nested-split");
        File.WriteAllText(folder["model.safetensors.index.json"], index);
        Assert.Equal(field, Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose()).Field);
    }

    [Fact]
    public void Load_IndexedFileMissing_NamesTheFile()
    {
        using TempFolder folder = new("nested-split");
        File.Delete(folder["model-00002-of-00002.safetensors"]);
        Assert.Equal(folder["model-00002-of-00002.safetensors"], Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose()).Path);
    }

    [Fact]
    public void Load_NoWeights_NamesTheExpectedFile()
    {
        using TempFolder folder = new("plain-q");
        File.Delete(folder[FileName]);
        Assert.Equal(folder[FileName], Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose()).Path);
    }

    private static ModelRunner Load(string folder) => ModelRunner.Load(folder, new EngineOptions { Threads = 1 });
}
