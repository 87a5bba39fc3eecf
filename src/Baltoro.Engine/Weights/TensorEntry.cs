namespace Baltoro.Engine.Weights;

/// <summary>One tensor of a safetensors header.</summary>
/// <param name="Dtype">The format as the file names it, for example <c>BF16</c>.</param>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Offset">Bytes from the end of the header.</param>
/// <param name="ByteCount">Agrees with format and shape.</param>
internal sealed record TensorEntry(string Name, string Dtype, long[] Shape, long Offset, long ByteCount)
{
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
