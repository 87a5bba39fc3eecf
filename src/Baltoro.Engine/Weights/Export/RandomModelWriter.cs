using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights.Export;

/// <summary>The library half of <c>bench model</c>: a random-weight GGUF file of a given shape that other engines load too.</summary>
public static class RandomModelWriter
{
    /// <summary>
    /// Writes <paramref name="path"/> for the config.json at <paramref name="configPath"/>; the same seed gives the same bytes.
    /// Returns the file's size. Throws <see cref="Diagnostics.ModelFormatException"/> for a config that does not fit.
    /// </summary>
    public static long Write(string configPath, string path, GgufScheme scheme, ulong seed)
    {
        KimiConfig config = ConfigReader.ReadFile(configPath);
        KeyValuePair<string, GgufValue>[] metadata =
        [
            .. GgufKeys.Of(config, scheme, "random weights", configPath).Concat(SyntheticVocabulary.KeysOf(config)).DistinctBy(pair => pair.Key),
        ];
        IEnumerable<GgufTensorPlan> plans = GgufLayout.SlotsOf(config, scheme).Select((slot, index) =>
            new GgufTensorPlan(slot.Name, slot.Type, slot.Shape, stream => Fill(slot, new WeightNoise(seed, index), stream)));
        GgufWriter.Write(path, metadata, [.. plans]);
        return new FileInfo(path).Length;
    }

    /// <summary>Norms are one, the selection bias zero, embeddings of unit deviation, matrices of 1 / √columns.</summary>
    private static void Fill(GgufSlot slot, WeightNoise noise, Stream stream)
    {
        int columns = checked((int)slot.Shape[^1]);
        long rows = slot.Shape[..^1].Aggregate(1L, (product, length) => product * length);
        float deviation = slot.Kind == GgufSlotKind.Embedding ? 1 : 1 / MathF.Sqrt(columns);
        float[] values = new float[columns];
        byte[] row = new byte[BlockFormat.Of(slot.Type).RowBytes(columns)];
        for (long i = 0; i < rows; i++)
        {
            switch (slot.Kind)
            {
                case GgufSlotKind.Norm or GgufSlotKind.SelectionBias:
                    values.AsSpan().Fill(slot.Kind == GgufSlotKind.Norm ? 1 : 0);
                    BlockEncoder.Encode(slot.Type, values, row);
                    break;
                default:
                    noise.FillRow(slot.Type, deviation, values, row);
                    break;
            }

            stream.Write(row);
        }
    }
}
