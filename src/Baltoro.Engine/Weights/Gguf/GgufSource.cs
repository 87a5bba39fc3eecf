using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights.Gguf;

/// <summary>
/// Weights from a GGUF file of architecture deepseek2, kv_b split (MLA files) or joined (older ones), experts stacked per
/// matrix or with gate and up fused. Owns the model.
/// </summary>
internal sealed unsafe class GgufSource(GgufModel model, KimiConfig config) : IWeightSource
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public string Path => model.Path;

    public IReadOnlyList<string> Files => [.. model.Files];

    public long ByteCount => model.ByteCount;

    public int TensorCount => model.Tensors.Count();

    public bool Has(string role) => model.Find(Resolve(role).Name) is not null;

    public StoredMatrix? Find(string role, int[] shape, WeightProblems problems)
    {
        GgufPlace place = Resolve(role);
        long[] expected = Expected(place, shape);
        _used.Add(place.Name);
        if (model.Find(place.Name) is not (GgufFile file, GgufTensor tensor))
        {
            problems.AddMissing(place.Name, expected);
            return null;
        }

        if (!tensor.Shape.AsSpan().SequenceEqual(expected))
        {
            problems.AddWrong($"{place.Name} is {tensor.ShapeText}, the metadata makes it {WeightProblems.Text(expected)}");
            return null;
        }

        if (!BlockDecoder.CanRead(tensor.Type))
        {
            problems.AddWrong($"{place.Name} is {tensor.Type}, readable are {string.Join(", ", BlockDecoder.Readable)}");
            return null;
        }

        int rows = shape.Length == 1 ? 1 : shape[0];
        long firstRow = ((place.Expert ?? 0L) * (expected.Length == 3 ? expected[1] : 0)) + ((place.Half ?? 0L) * rows);
        return new StoredMatrix
        {
            Name = place.Name,
            Path = file.Path,
            Type = tensor.Type,
            Rows = rows,
            Columns = shape[^1],
            Data = file.DataOf(tensor) + (firstRow * BlockFormat.Of(tensor.Type).RowBytes(shape[^1])),
        };
    }

    public IReadOnlyList<string> FinishUnused(int layerCount, WeightProblems problems)
    {
        List<string> leftOut = [];
        foreach (GgufTensor tensor in model.Tensors.Where(tensor => !_used.Contains(tensor.Name)))
        {
            if (GgufNames.IsLeftOut(tensor.Name, layerCount) || IsJoinedBesideSplit(tensor.Name))
            {
                leftOut.Add(tensor.Name);
            }
            else
            {
                problems.AddLeftOver(tensor.Name);
            }
        }

        return leftOut;
    }

    public void Dispose() => model.Dispose();

    private GgufPlace Resolve(string role)
    {
        GgufPlace place = GgufNames.PlaceOf(role);
        return GgufNames.Fused(place) is GgufPlace fused && model.Find(fused.Name) is not null ? fused : place;
    }

    /// <summary>The tensor's shape for a role of <paramref name="shape"/>: stacks have one dimension more.</summary>
    private long[] Expected(GgufPlace place, int[] shape)
    {
        if (place.Expert is not null)
        {
            return [config.ExpertCount, (place.Half is null ? 1 : 2) * (long)shape[0], shape[1]];
        }

        bool perHead = place.Name.EndsWith(".attn_k_b.weight", StringComparison.Ordinal)
            || place.Name.EndsWith(".attn_v_b.weight", StringComparison.Ordinal);
        return perHead ? [config.HeadCount, shape[0] / config.HeadCount, shape[1]] : Array.ConvertAll(shape, length => (long)length);
    }

    /// <summary>Some converters wrote kv_b both ways; the split one is used.</summary>
    private bool IsJoinedBesideSplit(string name) =>
        name.EndsWith(".attn_kv_b.weight", StringComparison.Ordinal)
        && _used.Contains(name.Replace("attn_kv_b", "attn_k_b", StringComparison.Ordinal));
}
