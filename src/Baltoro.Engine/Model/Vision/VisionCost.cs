namespace Baltoro.Engine.Model.Vision;

/// <summary>Arithmetic of a tower, from its shape.</summary>
internal static class VisionCost
{
    /// <summary>Multiply-adds of one row (of Merge: one cell) in a stage of an image of <paramref name="patches"/> patches.</summary>
    public static long PerRow(VisionConfig config, VisionStage stage, long patches)
    {
        long hidden = config.HiddenSize;
        return stage switch
        {
            VisionStage.Embed => hidden * (config.PatchWidth + (CubicTaps.Count * CubicTaps.Count)),
            VisionStage.Keys => 2 * hidden * hidden,
            VisionStage.Block => (2 * hidden * hidden) + (2 * hidden * config.MlpWidth) + (2 * hidden * patches),
            VisionStage.Merge => (long)config.CellWidth * (config.CellWidth + config.TextWidth),
            _ => 0,
        };
    }
}
