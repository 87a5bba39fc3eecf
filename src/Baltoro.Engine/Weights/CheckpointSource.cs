using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Weights;

/// <summary>
/// Weights from safetensors. A matrix is stored as <c>X.weight</c>; with INT4 as <c>X.weight_packed</c>,
/// <c>X.weight_scale</c> and <c>X.weight_shape</c>; with FP8 as <c>X.weight</c> and <c>X.weight_scale_inv</c>. Owns the checkpoint.
/// </summary>
internal sealed unsafe class CheckpointSource : IWeightSource
{
    private const string Suffix = ".weight";

    private readonly Checkpoint _checkpoint;
    private readonly WeightQuantization _quantization;
    private readonly Dictionary<string, string> _fileNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly List<string> _repeated = [];

    public CheckpointSource(Checkpoint checkpoint, WeightQuantization quantization)
    {
        _checkpoint = checkpoint;
        _quantization = quantization;
        foreach (string name in checkpoint.Names)
        {
            string role = TensorNames.Normalise(name);
            if (!_fileNames.TryAdd(role, name))
            {
                _repeated.Add($"{name} and {_fileNames[role]} mean the same tensor");
            }
        }
    }

    public string Path => _checkpoint.Folder;

    public IReadOnlyList<string> Files => [System.IO.Path.Combine(_checkpoint.Folder, ConfigReader.FileName), .. _checkpoint.Files];

    public long ByteCount => _checkpoint.ByteCount;

    public int TensorCount => _checkpoint.Names.Count;

    /// <summary>Normalised names of all tensors.</summary>
    public IEnumerable<string> Roles => _fileNames.Keys;

    public bool Has(string role) => _fileNames.ContainsKey(role);

    public StoredMatrix? Find(string role, int[] shape, WeightProblems problems)
    {
        string stem = role.EndsWith(Suffix, StringComparison.Ordinal) ? role[..^Suffix.Length] : role;
        if (shape is not [int rows, int columns])
        {
            return FindPlain(role, shape, problems);
        }

        return _quantization switch
        {
            WeightQuantization.Int4Groups when Has(stem + ".weight_packed") => FindInt4(stem, rows, columns, problems),
            WeightQuantization.Fp8Blocks when Has(stem + ".weight_scale_inv") => FindFp8(stem, rows, columns, problems),
            _ => FindPlain(role, shape, problems),
        };
    }

    public IReadOnlyList<string> FinishUnused(int layerCount, WeightProblems problems)
    {
        List<string> leftOut = [];
        foreach (string role in _fileNames.Keys.Where(role => !_used.Contains(role)).Order(StringComparer.Ordinal))
        {
            if (TensorNames.IsLeftOut(role, layerCount))
            {
                leftOut.Add(_fileNames[role]);
            }
            else
            {
                problems.AddLeftOver(_fileNames[role]);
            }
        }

        _repeated.ForEach(problems.AddWrong);
        return leftOut;
    }

    public void Dispose() => _checkpoint.Dispose();

    /// <summary>A tensor stored as plain numbers, of any shape, as [first dimension, all others together].</summary>
    public StoredMatrix? FindPlain(string role, int[] shape, WeightProblems problems)
    {
        if (Take(role, Array.ConvertAll(shape, length => (long)length), problems) is not TensorView view)
        {
            return null;
        }

        BlockType? type = view.Type switch
        {
            ElementType.Float32 => BlockType.F32,
            ElementType.BFloat16 => BlockType.BF16,
            ElementType.Float16 => BlockType.F16,
            _ => null,
        };
        if (type is null)
        {
            problems.AddWrong($"{view.Entry.Name} is {view.Entry.Dtype}, which takes BF16, F32 or F16 here");
            return null;
        }

        return new StoredMatrix
        {
            Name = view.Entry.Name,
            Path = view.Path,
            Type = type.Value,
            Rows = shape.Length == 1 ? 1 : shape[0],
            Columns = shape.Length == 1 ? shape[0] : shape[1..].Aggregate(1, (product, length) => checked(product * length)),
            Data = (byte*)view.Data,
        };
    }

    private StoredMatrix? FindInt4(string stem, int rows, int columns, WeightProblems problems)
    {
        TensorView? packed = Take(stem + ".weight_packed", [rows, columns / 8], problems, ElementType.Int32);
        TensorView? scales = Take(stem + ".weight_scale", [rows, columns / Int4Groups.GroupSize], problems, ElementType.BFloat16);
        TensorView? shape = Take(stem + ".weight_shape", [2], problems, ElementType.Int32, ElementType.Int64);
        if (packed is null || scales is null || shape is null)
        {
            return null;
        }

        if (columns % Int4Groups.GroupSize != 0 || (shape.Data != null && (shape[0] != rows || shape[1] != columns)))
        {
            string found = shape.Data == null ? $"[{rows}, {columns}]" : $"[{shape[0]}, {shape[1]}]";
            problems.AddWrong(
                $"{shape.Entry.Name} says {found}, config.json makes it [{rows}, {columns}] in groups of {Int4Groups.GroupSize}");
            return null;
        }

        return new StoredMatrix
        {
            Name = packed.Entry.Name,
            Path = packed.Path,
            Encoding = StoredEncoding.Int4Groups,
            Rows = rows,
            Columns = columns,
            Data = (byte*)packed.Data,
            Scales = (byte*)scales.Data,
        };
    }

    private StoredMatrix? FindFp8(string stem, int rows, int columns, WeightProblems problems)
    {
        TensorView? codes = Take(stem + Suffix, [rows, columns], problems, ElementType.Float8E4M3);
        long[] blocks = [Fp8Blocks.BlockCount(rows), Fp8Blocks.BlockCount(columns)];
        TensorView? factors = Take(stem + ".weight_scale_inv", blocks, problems, ElementType.Float32);
        return codes is null || factors is null
            ? null
            : new StoredMatrix
            {
                Name = codes.Entry.Name,
                Path = codes.Path,
                Encoding = StoredEncoding.Fp8Blocks,
                Rows = rows,
                Columns = columns,
                Data = (byte*)codes.Data,
                Scales = (byte*)factors.Data,
            };
    }

    private TensorView? Take(string role, long[] shape, WeightProblems problems, params ReadOnlySpan<ElementType> types)
    {
        _used.Add(role);
        if (!_fileNames.TryGetValue(role, out string? fileName) || _checkpoint.Find(fileName) is not TensorView view)
        {
            problems.AddMissing(role, shape);
            return null;
        }

        if (!view.Entry.Shape.AsSpan().SequenceEqual(shape))
        {
            problems.AddWrong($"{fileName} is {view.Entry.ShapeText}, config.json makes it {WeightProblems.Text(shape)}");
            return null;
        }

        if (types.Length > 0 && !types.Contains(view.Type))
        {
            problems.AddWrong($"{fileName} is {view.Entry.Dtype}, its quantization makes it {string.Join(" or ", types.ToArray())}");
            return null;
        }

        return view;
    }
}
