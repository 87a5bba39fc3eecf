namespace Baltoro.Kimi.Vision;

/// <summary>A picture or a chunk of video frames as the vision tower takes it.</summary>
/// <param name="Grid">Patches per direction.</param>
/// <param name="TokenCount">Media tokens it stands for in the prompt; frames do not count, they are averaged.</param>
/// <param name="Values">
/// Normalised pixels [frames · rows · columns, 3 · patch · patch], float32: patches in raster order, frames outermost; inside a
/// patch channel, row, column.
/// </param>
public sealed record ImagePatches(PatchGrid Grid, int TokenCount, ReadOnlyMemory<float> Values);
