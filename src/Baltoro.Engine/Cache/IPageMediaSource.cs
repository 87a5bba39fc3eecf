namespace Baltoro.Engine.Cache;

/// <summary>Tells which images stand in a stretch of a prompt.</summary>
internal interface IPageMediaSource
{
    /// <summary>The images in [start, start + count), by place; empty for text.</summary>
    PageMedia[] MediaOf(int start, int count);
}
