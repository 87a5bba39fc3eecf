namespace Baltoro.Kimi.Vision;

/// <summary>How many patches a picture or a chunk of video frames has.</summary>
/// <param name="Frames">1 for a picture.</param>
/// <param name="Rows">Patches from top to bottom; a multiple of the merge size.</param>
/// <param name="Columns">Patches from left to right; a multiple of the merge size.</param>
public readonly record struct PatchGrid(int Frames, int Rows, int Columns)
{
    public int PatchCount => checked(Frames * Rows * Columns);
}
