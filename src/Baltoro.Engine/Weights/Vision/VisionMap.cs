using Baltoro.Engine.Model.Vision;

namespace Baltoro.Engine.Weights.Vision;

/// <summary>
/// Asks a source for the tensor of every role of a tower and brings it into the form the model uses. First a dry run that
/// collects everything missing, left over or wrong; then the weights.
/// </summary>
internal sealed unsafe class VisionMap
{
    private readonly IVisionSource _source;
    private readonly VisionConfig _config;
    private readonly WeightProblems _problems;
    private readonly WeightPlacer? _placer;

    private VisionMap(IVisionSource source, VisionConfig config, WeightProblems problems, NativeArena? arena)
    {
        _source = source;
        _config = config;
        _problems = problems;
        _placer = arena is null ? null : new WeightPlacer(new MemoryWeights(arena, null), tiles: false);
    }

    /// <summary>
    /// Loads a tower; the result owns <paramref name="source"/>. Throws <see cref="Diagnostics.ModelFormatException"/> that names every
    /// tensor that is missing, left over or of the wrong shape.
    /// </summary>
    public static VisionWeights Load(IVisionSource source, VisionConfig config)
    {
        NativeArena arena = new();
        try
        {
            WeightProblems problems = Check(source, config);
            problems.ThrowIfAny(source.Path);
            return new VisionMap(source, config, problems, arena).All(arena);
        }
        catch
        {
            arena.Dispose();
            source.Dispose();
            throw;
        }
    }

    /// <summary>A dry run over all roles: what is missing, left over or wrong.</summary>
    public static WeightProblems Check(IVisionSource source, VisionConfig config)
    {
        WeightProblems problems = new();
        using NativeArena unused = new();
        new VisionMap(source, config, problems, arena: null).All(unused);
        source.FinishUnused(problems);
        return problems;
    }

    private VisionWeights All(NativeArena arena)
    {
        VisionConfig config = _config;
        LinearWeights patches = new(
            Matrix("vision_tower.patch_embed.proj.weight", config.HiddenSize, 3, config.PatchSize, config.PatchSize),
            Vector("vision_tower.patch_embed.proj.bias", config.HiddenSize));
        WeightMatrix table = Widened("vision_tower.patch_embed.pos_emb.weight", config.TableRows, config.TableColumns, config.HiddenSize);
        return new VisionWeights(arena, _source)
        {
            PatchEmbed = patches,
            Positions = _placer is null ? table : new WeightMatrix(table.Type, config.TableRows * config.TableColumns, config.HiddenSize, table.Data),
            Layers = [.. Enumerable.Range(0, config.LayerCount).Select(Layer)],
            FinalNorm = Norm("vision_tower.encoder.final_layernorm"),
            ProjectorNorm = Norm("mm_projector.pre_norm"),
            ProjectorIn = Linear("mm_projector.proj.0", config.CellWidth, config.CellWidth),
            ProjectorOut = Linear("mm_projector.proj.2", config.TextWidth, config.CellWidth),
            ByteCount = (_placer?.MappedBytes ?? 0) + arena.ByteCount,
        };
    }

    private VisionLayerWeights Layer(int layer)
    {
        string prefix = $"vision_tower.encoder.blocks.{layer}.";
        int hidden = _config.HiddenSize;
        bool split = _source.Has(prefix + "wq.weight");
        LinearWeights joined = split ? default : Linear(prefix + "wqkv", 3 * hidden, hidden);
        return new VisionLayerWeights
        {
            AttentionNorm = Norm(prefix + "norm0"),
            Query = split ? Linear(prefix + "wq", hidden, hidden) : Third(joined, 0),
            Key = split ? Linear(prefix + "wk", hidden, hidden) : Third(joined, 1),
            Value = split ? Linear(prefix + "wv", hidden, hidden) : Third(joined, 2),
            Output = Linear(prefix + "wo", hidden, hidden),
            MlpNorm = Norm(prefix + "norm1"),
            Up = Linear(prefix + "mlp.fc0", _config.MlpWidth, hidden),
            Down = Linear(prefix + "mlp.fc1", hidden, _config.MlpWidth),
        };
    }

    private LinearWeights Third(LinearWeights joined, int index)
    {
        if (_placer is null)
        {
            return default;
        }

        int hidden = _config.HiddenSize;
        WeightVector bias = new(hidden, joined.Bias.Data + (index * hidden));
        return new LinearWeights(joined.Weight.Slice(index * hidden, hidden), bias);
    }

    private LinearWeights Linear(string name, int rows, int columns) =>
        new(Matrix(name + ".weight", rows, columns), Vector(name + ".bias", rows));

    private NormWeights Norm(string name) =>
        new(Vector(name + ".weight", _config.HiddenSize), Vector(name + ".bias", _config.HiddenSize));

    private WeightMatrix Matrix(string role, params int[] shape) =>
        _source.Find(role, shape, _problems) is StoredMatrix stored && _placer is not null ? _placer.Matrix(stored) : default;

    private WeightVector Vector(string role, int length)
    {
        WeightMatrix row = Widened(role, length);
        return new WeightVector(row.Columns, (float*)row.Data);
    }

    /// <summary>As float32 whatever the file holds: norms, biases and the position table.</summary>
    private WeightMatrix Widened(string role, params int[] shape) =>
        _source.Find(role, shape, _problems) is StoredMatrix stored && _placer is not null ? _placer.Widened(stored) : default;
}
