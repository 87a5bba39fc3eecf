using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>A tensor to be written.</summary>
/// <param name="Shape">Outermost dimension first.</param>
/// <param name="Write">Writes exactly the bytes of type and shape; called once, in the order of the plans.</param>
internal sealed record GgufTensorPlan(string Name, BlockType Type, long[] Shape, Action<Stream> Write)
{
    public long ByteCount =>
        Shape[..^1].Aggregate(BlockFormat.Of(Type).RowBytes(Shape[^1]), (bytes, dimension) => checked(bytes * dimension));
}
