namespace Baltoro.Kimi.Vision;

/// <summary>One chunk of a video: some frames that become one block of media tokens.</summary>
/// <param name="Timestamp">Time of the first frame as the prompt states it, <c>HH:MM:SS.mmm</c>.</param>
/// <param name="FrameIndices">Frames of the video, ascending.</param>
public sealed record VideoChunkPlan(string Timestamp, IReadOnlyList<int> FrameIndices);
