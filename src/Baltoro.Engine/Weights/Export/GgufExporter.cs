using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights.Export;

/// <summary>
/// Writes any source's weights as one GGUF file. Layers are loaded one at a time, so memory stays at one layer's converted
/// weights. A matrix that is in the wanted format already is copied byte for byte.
/// </summary>
internal sealed class GgufExporter(IWeightSource source, KimiConfig config, Action<string>? progress) : IDisposable
{
    private NativeArena? _arena;
    private LayerWeights? _layer;
    private int _layerIndex = -1;

    /// <summary>
    /// Writes <paramref name="path"/>. Throws <see cref="ModelFormatException"/> for a source that does not fit its config.
    /// </summary>
    public void Write(string path, GgufScheme scheme, IReadOnlyList<KeyValuePair<string, GgufValue>> metadata)
    {
        WeightMap.Check(source, config, out WeightProblems problems);
        problems.ThrowIfAny(source.Path);
        KimiConfig written = config with { TieEmbeddings = config.TieEmbeddings && !source.Has("lm_head.weight") };
        bool keep = BlockFormat.Of(scheme.Experts).Elements > 1 && HasFourBitExperts();
        GgufScheme kept = keep ? scheme with { Experts = BlockType.Q4_0 } : scheme;
        GgufTensorPlan[] plans = [.. GgufLayout.SlotsOf(written, kept)
            .Select(slot => new GgufTensorPlan(slot.Name, slot.Type, slot.Shape, stream => Write(slot, stream)))];
        GgufWriter.Write(path, metadata, plans);
    }

    public void Dispose() => _arena?.Dispose();

    /// <summary>
    /// Experts that are in 4 bits already stay so when a quantized format is asked for: any other would be larger and lose
    /// something.
    /// </summary>
    private bool HasFourBitExperts()
    {
        int layer = Enumerable.Range(0, config.LayerCount).FirstOrDefault(config.IsMoeLayer, -1);
        string role = $"model.layers.{layer}.mlp.experts.0.gate_proj.weight";
        return layer >= 0
            && source.Find(role, [config.ExpertWidth, config.HiddenSize], new WeightProblems())
                is { Encoding: StoredEncoding.Int4Groups } or { Encoding: StoredEncoding.Blocks, Type: BlockType.Q4_0 };
    }

    private void Write(GgufSlot slot, Stream stream)
    {
        progress?.Invoke(slot.Name);
        foreach (WeightMatrix matrix in slot.Pick is null ? Outside(slot) : slot.Pick(Layer(slot.Layer)))
        {
            WriteMatrix(slot, matrix, stream);
        }
    }

    private WeightMatrix[] Outside(GgufSlot slot)
    {
        WeightMap map = Map();
        return slot.Kind switch
        {
            GgufSlotKind.Embedding => [map.Embedding()],
            GgufSlotKind.Norm => [AsMatrix(map.FinalNorm())],
            _ => [map.Head(map.Embedding())],
        };
    }

    private LayerWeights Layer(int index)
    {
        if (_layer is null || _layerIndex != index)
        {
            _layer = Map().Layer(index);
            _layerIndex = index;
        }

        return _layer;
    }

    /// <summary>A map into an arena of its own; the weights before it are gone.</summary>
    private WeightMap Map()
    {
        _arena?.Dispose();
        _arena = new NativeArena();
        return new WeightMap(source, config, new WeightProblems(), new MemoryWeights(_arena, null));
    }

    private void WriteMatrix(GgufSlot slot, WeightMatrix matrix, Stream stream)
    {
        bool keepsCodes = slot.IsExperts && slot.Type == BlockType.Q4_0 && config.Quantization == WeightQuantization.Int4Groups;
        if (keepsCodes && matrix.Type != slot.Type)
        {
            throw new ModelFormatException(source.Path, slot.Name, "INT4 scales that float16 holds exactly", "another one");
        }

        float[] values = new float[matrix.Columns];
        byte[] blocks = new byte[BlockFormat.Of(slot.Type).RowBytes(matrix.Columns)];
        for (int row = 0; row < matrix.Rows; row++)
        {
            if (matrix.Type == slot.Type)
            {
                stream.Write(matrix.RowSpan(row));
                continue;
            }

            matrix.CopyRow(row, values);
            try
            {
                BlockEncoder.Encode(slot.Type, values, blocks);
            }
            catch (NotFiniteNumberException exception)
            {
                string expected = $"values that {slot.Type} can hold";
                throw new ModelFormatException(source.Path, $"{slot.Name}, row {row}", expected, exception.Message, exception);
            }

            stream.Write(blocks);
        }
    }

    private static unsafe WeightMatrix AsMatrix(WeightVector vector) => new(BlockType.F32, 1, vector.Length, vector.Data);
}
