using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>One tensor of a GGUF header.</summary>
/// <param name="Shape">Outermost dimension first ([out, in], experts before both): the reverse of the order in the file.</param>
/// <param name="Offset">Bytes from the start of the data section.</param>
/// <param name="ByteCount">Agrees with type and shape.</param>
internal sealed record GgufTensor(string Name, BlockType Type, long[] Shape, long Offset, long ByteCount)
{
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    /// <summary>Length of the innermost dimension.</summary>
    public long Columns => Shape[^1];

    /// <summary>Number of rows, all outer dimensions together.</summary>
    public long Rows => Shape[..^1].Aggregate(1L, (product, dimension) => product * dimension);
}
