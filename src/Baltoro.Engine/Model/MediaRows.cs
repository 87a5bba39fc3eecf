namespace Baltoro.Engine.Model;

/// <summary>Rows of a step whose embeddings come from an image.</summary>
/// <param name="FirstRow">First row of the step.</param>
/// <param name="RowCount">Rows in a run.</param>
/// <param name="Values">[rows, hidden].</param>
internal readonly record struct MediaRows(int FirstRow, int RowCount, ReadOnlyMemory<float> Values);
