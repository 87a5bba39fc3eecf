namespace Baltoro.Kimi.Vision;

/// <summary>Which frames of a video are looked at, in chunks.</summary>
/// <param name="FramePatchLimit">Most patches of one frame.</param>
/// <param name="Chunks">Consecutive chunks; the last may be shorter.</param>
public sealed record VideoPlan(int FramePatchLimit, IReadOnlyList<VideoChunkPlan> Chunks);
