using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Vision;

namespace Baltoro.Kimi.Tests.Vision;

public sealed class VisionSettingsTests
{
    [Fact]
    public void Load_NoFile_KeepsThePublishedDefaults()
    {
        using TempFolder folder = new();
        Assert.Equal(16_384, VisionSettingsReader.Load(folder.Path, VisionFamily.K25).PatchLimit);
        VisionSettings kimiVl = VisionSettingsReader.Load(folder.Path, VisionFamily.KimiVl);
        Assert.Equal((VisionFamily.KimiVl, 4_096, true), (kimiVl.Family, kimiVl.PatchLimit, kimiVl.PadInput));
    }

    [Fact]
    public void Load_K25File_TakesItsFields()
    {
        VisionSettings settings = Load(VisionFamily.K25, """
            {"media_proc_cfg": {"in_patch_limit": 1024, "patch_size": 14, "merge_kernel_size": [2, 2], "image_mean": [0.4, 0.5, 0.6], "image_std": [0.1, 0.2, 0.3],
             "fixed_output_tokens": null, "patch_limit_on_one_side": 64, "in_patch_limit_each_frame": 256, "in_patch_limit_video": 2000,
             "sample_fps": 1.5, "max_num_frames_each_video": 8, "temporal_merge_kernel_size": 4, "timestamp_mode": "hh:mm:ss.fff"}, "other": 1}
            """);
        Assert.Equal((1024, 64, 256, 2000, 8, 1.5), (settings.PatchLimit, settings.SideLimit, settings.FramePatchLimit, settings.VideoPatchLimit, settings.MaxVideoFrames, settings.SampleFps));
        Assert.Equal([0.4f, 0.5f, 0.6f], settings.Mean);
        Assert.Equal([0.1f, 0.2f, 0.3f], settings.Deviation);
        Assert.Equal(28, settings.CellSize);
        VideoPlan plan = VideoSampler.Plan(300, 30, settings);
        Assert.Equal(8, plan.Chunks.Sum(chunk => chunk.FrameIndices.Count));
        Assert.Equal(250, plan.FramePatchLimit);
    }

    [Fact]
    public void Load_KimiVlFile_TakesItsFields()
    {
        VisionSettings settings = Load(VisionFamily.KimiVl, """{"in_token_limit": 16384, "pad_input": false, "image_mean": [0.5, 0.5, 0.5], "num_pooled_tokens": 1024}""");
        Assert.Equal((16_384, false), (settings.PatchLimit, settings.PadInput));
    }

    [Theory]
    [InlineData("""{"media_proc_cfg": {"in_patch_limit": 0}}""", "in_patch_limit")]
    [InlineData("""{"media_proc_cfg": {"merge_kernel_size": [2, 3]}}""", "merge_kernel_size")]
    [InlineData("""{"media_proc_cfg": {"image_mean": [0.5, 0.5]}}""", "image_mean")]
    [InlineData("""{"media_proc_cfg": {"image_std": [0.5, 0, 0.5]}}""", "image_std")]
    [InlineData("""{"media_proc_cfg": {"fixed_output_tokens": 64}}""", "fixed_output_tokens")]
    [InlineData("""{"media_proc_cfg": {"timestamp_mode": "mm:ss"}}""", "timestamp_mode")]
    [InlineData("""{"media_proc_cfg": {"sample_fps": "2"}}""", "sample_fps")]
    [InlineData("""{"media_proc_cfg": []}""", "media_proc_cfg")]
    [InlineData("[]", "file")]
    [InlineData("{", "file")]
    public void Load_WrongField_NamesIt(string json, string field) =>
        Assert.Equal(field, Assert.Throws<VisionSettingsException>(() => Load(VisionFamily.K25, json)).Field);

    private static VisionSettings Load(VisionFamily family, string json)
    {
        using TempFolder folder = new();
        File.WriteAllText(Path.Combine(folder.Path, VisionSettingsReader.FileName), json);
        return VisionSettingsReader.Load(folder.Path, family);
    }
}
