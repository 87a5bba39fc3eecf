namespace Baltoro.Engine.Model.Vision;

/// <summary>The steps an image goes through; each can be cut into slices of rows.</summary>
internal enum VisionStage
{
    /// <summary>Patches to the residual stream, with their positions.</summary>
    Embed,

    /// <summary>Keys and values of one layer.</summary>
    Keys,

    /// <summary>The rest of a layer: queries, attention, feed-forward.</summary>
    Block,

    /// <summary>Merged cells through the projector.</summary>
    Merge,

    Done,
}
