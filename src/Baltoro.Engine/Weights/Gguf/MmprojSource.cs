using Baltoro.Engine.Model.Vision;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// A tower from an mmproj file. K2.5's converter moves the query and key rows of each head so that the first half turns by the
/// column and the second by the row; that is undone here, by copying. Kimi-VL's files keep the order. Owns the file.
/// </summary>
internal sealed unsafe class MmprojSource(GgufModel model, VisionConfig config) : IVisionSource
{
    private readonly NativeArena _arena = new();
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public string Path => model.Path;

    public bool Has(string role) => model.Find(MmprojNames.Of(role)) is not null;

    public StoredMatrix? Find(string role, int[] shape, WeightProblems problems)
    {
        string name = MmprojNames.Of(role);
        long[] expected = Array.ConvertAll(shape, length => (long)length);
        _used.Add(name);
        if (model.Find(name) is not (GgufFile file, GgufTensor tensor))
        {
            problems.AddMissing(name, expected);
            return null;
        }

        // A table may have its two outer dimensions as one.
        long[] joined = shape.Length == 3 ? [expected[0] * expected[1], expected[2]] : expected;
        if (!tensor.Shape.AsSpan().SequenceEqual(expected) && !tensor.Shape.AsSpan().SequenceEqual(joined))
        {
            problems.AddWrong($"{name} is {tensor.ShapeText}, the metadata makes it {WeightProblems.Text(expected)}");
            return null;
        }

        if (!BlockDecoder.CanRead(tensor.Type))
        {
            problems.AddWrong($"{name} is {tensor.Type}, readable are {string.Join(", ", BlockDecoder.Readable)}");
            return null;
        }

        return Stored(file, tensor, shape, role.Contains(".wqkv.", StringComparison.Ordinal) && config.TakesVideo);
    }

    public void FinishUnused(WeightProblems problems)
    {
        foreach (GgufTensor tensor in model.Tensors.Where(tensor => !_used.Contains(tensor.Name)))
        {
            problems.AddLeftOver(tensor.Name);
        }
    }

    public void Dispose()
    {
        _arena.Dispose();
        model.Dispose();
    }

    /// <summary>
    /// Row of the file that holds row <paramref name="row"/> of a head: with i, axis and c of row = 4i + 2·axis + c it is
    /// axis · width / 2 + 2i + c.
    /// </summary>
    public static int PermutedRow(int row, int headDim) => ((row / 2 % 2) * (headDim / 2)) + (row / 4 * 2) + (row % 2);

    private StoredMatrix Stored(GgufFile file, GgufTensor tensor, int[] shape, bool permuted)
    {
        bool vector = shape.Length == 1;
        StoredMatrix stored = new()
        {
            Name = tensor.Name,
            Path = file.Path,
            Type = tensor.Type,
            Rows = vector ? 1 : shape[0],
            Columns = vector ? shape[0] : shape[1..].Aggregate(1, (product, length) => checked(product * length)),
            Data = file.DataOf(tensor),
        };
        if (!permuted)
        {
            return stored;
        }

        // Of a vector every element is a row; converters keep vectors as float32 or float16, whose elements are blocks of one.
        long rowBytes = vector ? BlockFormat.Of(tensor.Type).RowBytes(1) : stored.RowBytes;
        byte* copy = (byte*)_arena.Allocate(rowBytes * shape[0]);
        for (int row = 0; row < shape[0]; row++)
        {
            int inHead = row % config.HeadDim;
            int from = row < 2 * config.HiddenSize ? row - inHead + PermutedRow(inHead, config.HeadDim) : row;
            Buffer.MemoryCopy(stored.Data + (from * rowBytes), copy + (row * rowBytes), rowBytes, rowBytes);
        }

        return new StoredMatrix
        {
            Name = stored.Name,
            Path = stored.Path,
            Type = stored.Type,
            Rows = stored.Rows,
            Columns = stored.Columns,
            Data = copy,
        };
    }
}
