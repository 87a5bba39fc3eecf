namespace Baltoro.Engine.Model.Vision;

/// <summary>A part of one stage: patches (of Merge: cells) [First, First + Count).</summary>
internal readonly record struct VisionSlice(VisionStage Stage, int Layer, int First, int Count);
