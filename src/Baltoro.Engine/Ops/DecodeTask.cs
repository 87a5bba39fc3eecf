namespace Baltoro.Engine.Ops;

/// <summary>One piece of a row's attention in latent space: up to 16 heads against a chunk of its keys.</summary>
/// <param name="Run">Index of the row's run in the step.</param>
/// <param name="Row">Row of the step.</param>
/// <param name="FirstHead">First of the heads, a multiple of 16.</param>
/// <param name="FirstKey">First key, a multiple of a tile.</param>
/// <param name="KeyCount">Keys of the chunk.</param>
internal readonly record struct DecodeTask(int Run, int Row, int FirstHead, int FirstKey, int KeyCount);
