using System.Text.Json.Nodes;
using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Tests.Support;
using Baltoro.Engine.Weights.Export;

namespace Baltoro.Engine.Tests.Vision;

public class VisionLoadTests
{
    private const string FileName = "model.safetensors";

    [Fact]
    public void Load_SeveralProblems_NamesThemAll()
    {
        using TempFolder folder = new("vision-k25");
        SafetensorsText.Edit(folder[FileName], header =>
        {
            SafetensorsText.Rename(header, "mm_projector.proj.2.bias", "mm_projector.proj.3.bias");
            JsonArray shape = header["vision_tower.encoder.blocks.1.mlp.fc0.weight"]!["shape"]!.AsArray();
            (shape[0], shape[1]) = ((int)shape[1]!, (int)shape[0]!);
            JsonArray table = header["vision_tower.patch_embed.pos_emb.weight"]!["shape"]!.AsArray();
            (table[0], table[1]) = ((int)table[1]!, (int)table[0]!);
        });
        ModelFormatException wrong = Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose());
        Assert.Equal("tensors", wrong.Field);
        Assert.Contains("mm_projector.proj.2.bias [40] is missing", wrong.Message);
        Assert.Contains("mm_projector.proj.3.bias is left over", wrong.Message);
        Assert.Contains("vision_tower.encoder.blocks.1.mlp.fc0.weight is [24, 36], config.json makes it [36, 24]", wrong.Message);
        Assert.Contains("vision_tower.patch_embed.pos_emb.weight is [4, 6, 24], config.json makes it [6, 4, 24]", wrong.Message);
    }

    [Theory]
    [InlineData("vt_num_attention_heads", 4, "heads")]
    [InlineData("vt_num_attention_heads", 7, "heads")]
    [InlineData("vt_num_hidden_layers", 0, "vision_config.vt_num_hidden_layers")]
    [InlineData("text_hidden_size", 48, "text width")]
    [InlineData("mm_hidden_size", 25, "vision_config.mm_hidden_size")]
    [InlineData("merge_type", "other", "vision_config.merge_type")]
    [InlineData("merge_kernel_size", 0, "vision_config.merge_kernel_size")]
    public void Load_WrongConfig_NamesTheField(string field, object value, string named)
    {
        using TempFolder folder = new("vision-k25");
        EditVision(folder, vision => vision[field] = JsonValue.Create(value is int number ? number : null) ?? JsonValue.Create((string)value));
        Assert.EndsWith(named, Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose()).Field, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_TowerWithProblems_ReportsThem()
    {
        using TempFolder folder = new("vision-k25");
        Assert.Empty(ModelVerifier.Verify(folder.Path, readValues: true).Problems);
        Assert.Empty(ModelVerifier.Verify(folder.Path, readValues: false).NotLoaded);
        byte[] file = File.ReadAllBytes(folder[FileName]);
        file[^2] = 0x80;
        file[^1] = 0x7F;
        File.WriteAllBytes(folder[FileName], file);
        string problem = Assert.Single(ModelVerifier.Verify(folder.Path, readValues: true).Problems);
        Assert.Matches("^(vision_tower|mm_projector).*holds values that are not finite$", problem);
        SafetensorsText.Edit(folder[FileName], header => SafetensorsText.Rename(header, "mm_projector.proj.0.bias", "mm_projector.proj.1.bias"));
        Assert.Equal(2, ModelVerifier.Verify(folder.Path, readValues: false).Problems.Count);
    }

    [Fact]
    public void Load_MergeOfRowsOnly_IsRefused()
    {
        using TempFolder folder = new("vision-k25");
        EditVision(folder, vision => vision["merge_kernel_size"] = new JsonArray(2, 1));
        Assert.Contains("[2, 1]", Assert.Throws<ModelFormatException>(() => Load(folder.Path).Dispose()).Message);
    }

    [Fact]
    public void Load_VisionSwitchedOff_IsATextModel()
    {
        using VisionGolden golden = new("vision-k25");
        using ModelRunner runner = ModelRunner.Load(golden.Folder, new EngineOptions { Threads = 1, LoadVision = false });
        Assert.Null(runner.Images);
        Assert.Contains("vision_tower.encoder.blocks.0.wqkv.weight", runner.NotLoadedTensors);
    }

    [Fact]
    public void Load_TensorsOfATextModel_IsATextModel()
    {
        using TempFolder folder = new("vision-k25");
        SafetensorsText.Edit(folder[FileName], header =>
        {
            foreach (string name in header.Select(entry => entry.Key).Where(name => !name.StartsWith("language_model.", StringComparison.Ordinal)).ToList())
            {
                header.Remove(name);
            }
        });
        using ModelRunner runner = Load(folder.Path);
        Assert.True(runner.Config.HasVision);
        Assert.Null(runner.Images);
    }

    [Fact]
    public void Facts_OfBothFamilies_SayWhatTheyTake()
    {
        using VisionGolden k25 = new("vision-k25");
        using VisionGolden kimiVl = new("vision-kimivl");
        using ModelRunner video = Load(k25.Folder);
        using ModelRunner stills = Load(kimiVl.Folder);
        Assert.Equal((true, 4, 14, 2, 512, 5), Facts(video));
        Assert.Equal((false, 1, 14, 2, 512, 5), Facts(stills));
    }

    private static (bool, int, int, int, int, int?) Facts(ModelRunner runner)
    {
        Engine.Vision.VisionFacts facts = runner.Images!.Facts;
        return (facts.TakesVideo, facts.FrameLimit, facts.PatchSize, facts.MergeSize, facts.SideLimit, facts.MediaPadId);
    }

    private static ModelRunner Load(string folder) => ModelRunner.Load(folder, new EngineOptions { Threads = 1 });

    private static void EditVision(TempFolder folder, Action<JsonObject> edit)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(folder["config.json"]))!.AsObject();
        edit(config["vision_config"]!.AsObject());
        File.WriteAllText(folder["config.json"], config.ToJsonString());
    }
}
