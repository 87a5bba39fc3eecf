namespace Baltoro.Engine.Vision;

/// <summary>A run of media pad tokens in a prompt and the image whose embeddings take their place.</summary>
/// <param name="Position">Index of the first pad token in the prompt.</param>
/// <param name="TokenCount">Length of the run: (rows / merge) · (columns / merge).</param>
/// <param name="Image">What is looked at.</param>
public sealed record MediaSpan(int Position, int TokenCount, ImageInput Image)
{
    /// <summary>Index behind the last pad token.</summary>
    public int End => Position + TokenCount;
}
