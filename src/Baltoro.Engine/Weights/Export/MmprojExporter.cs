using System.Runtime.InteropServices;
using Baltoro.Engine.Model.Vision;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;
using Baltoro.Engine.Weights.Vision;

namespace Baltoro.Engine.Weights.Export;

/// <summary>
/// Writes a vision tower as an mmproj file that other engines load too: matrices as they are stored, vectors, the patch embedding
/// and the position table as float32, K2.5's query and key rows moved as ggml's converter moves them.
/// </summary>
internal sealed unsafe class MmprojExporter : IVisionSource
{
    /// <summary>Name of the file written beside a converted model.</summary>
    public const string FileName = "mmproj-model.gguf";

    private const string Prefix = "clip.vision.";

    private readonly IVisionSource _source;
    private readonly VisionConfig _config;
    private readonly Action<string>? _progress;
    private readonly List<GgufTensorPlan> _plans = [];

    private MmprojExporter(IVisionSource source, VisionConfig config, Action<string>? progress)
    {
        _source = source;
        _config = config;
        _progress = progress;
    }

    public string Path => _source.Path;

    /// <summary>Writes <paramref name="path"/>. Throws <see cref="Diagnostics.ModelFormatException"/> for a tower that is incomplete.</summary>
    public static void Write(string path, VisionConfig config, IVisionSource source, Action<string>? progress)
    {
        MmprojExporter exporter = new(source, config, progress);
        VisionMap.Check(exporter, config).ThrowIfAny(source.Path);
        GgufWriter.Write(path, exporter.Metadata(), exporter._plans);
    }

    public bool Has(string role) => _source.Has(role);

    /// <summary>Finds a tensor and plans to write it: the dry run of a load names every tensor once.</summary>
    public StoredMatrix? Find(string role, int[] shape, WeightProblems problems)
    {
        StoredMatrix? stored = _source.Find(role, shape, problems);
        if (stored is not null)
        {
            Plan(role, shape, stored);
        }

        return stored;
    }

    public void FinishUnused(WeightProblems problems) => _source.FinishUnused(problems);

    public void Dispose()
    {
        // The other source belongs to the caller.
    }

    private void Plan(string role, int[] shape, StoredMatrix stored)
    {
        string name = MmprojNames.Of(role);
        long[] outer = Array.ConvertAll(shape, length => (long)length);
        bool joined = role.Contains(".wqkv.", StringComparison.Ordinal);
        if (joined && !_config.TakesVideo)
        {
            for (int third = 0; third < 3; third++)
            {
                int first = third * _config.HiddenSize;
                string part = name.Replace("attn_qkv", $"attn_{"qkv"[third]}", StringComparison.Ordinal);
                Add(part, [_config.HiddenSize, .. outer[1..]], stored, row => first + row);
            }

            return;
        }

        bool table = name == MmprojNames.PositionTable && !_config.TakesVideo;
        Add(name, table ? [outer[0] * outer[1], outer[2]] : outer, stored, joined ? ConvertedRow : row => row);
    }

    /// <summary>Which of our rows the converter puts at <paramref name="row"/> of a joined query, key and value.</summary>
    private int ConvertedRow(int row)
    {
        int width = _config.HeadDim;
        int inHead = row % width;
        int half = width / 2;
        int ours = (inHead % half / 2 * 4) + (inHead / half * 2) + (inHead % 2);
        return row < 2 * _config.HiddenSize ? row - inHead + ours : row;
    }

    /// <summary>A tensor whose row (of a vector: element) r is row rowOf(r) of <paramref name="stored"/>.</summary>
    private void Add(string name, long[] shape, StoredMatrix stored, Func<int, int> rowOf)
    {
        if (shape.Length == 2 && name != MmprojNames.PositionTable)
        {
            _plans.Add(new GgufTensorPlan(name, stored.Type, shape, output =>
            {
                _progress?.Invoke(name);
                for (int row = 0; row < shape[0]; row++)
                {
                    output.Write(new ReadOnlySpan<byte>(stored.Data + (rowOf(row) * stored.RowBytes), checked((int)stored.RowBytes)));
                }
            }));
            return;
        }

        _plans.Add(new GgufTensorPlan(name, BlockType.F32, shape, output =>
        {
            _progress?.Invoke(name);
            float[] values = new float[stored.Columns];
            for (int row = 0; row < stored.Rows; row++)
            {
                stored.DecodeRow(row, values);
                float[] moved = shape.Length == 1 ? [.. Enumerable.Range(0, (int)shape[0]).Select(i => values[rowOf(i)])] : values;
                output.Write(MemoryMarshal.AsBytes<float>(moved));
            }
        }));
    }

    private List<KeyValuePair<string, GgufValue>> Metadata()
    {
        List<KeyValuePair<string, GgufValue>> keys =
        [
            Pair("general.architecture", "clip"),
            Pair("general.type", "mmproj"),
            Pair("clip.has_vision_encoder", true),
            Pair(MmprojConfig.TypeKey, _config.TakesVideo ? MmprojConfig.KimiK25 : MmprojConfig.KimiVl),
            Pair("clip.use_gelu", true),
            Pair(Prefix + "image_size", (uint)(_config.TableRows * _config.PatchSize)),
            Pair(Prefix + "patch_size", (uint)_config.PatchSize),
            Pair(Prefix + "embedding_length", (uint)_config.HiddenSize),
            Pair(Prefix + "feed_forward_length", (uint)_config.MlpWidth),
            Pair(Prefix + "projection_dim", (uint)_config.TextWidth),
            Pair(Prefix + "block_count", (uint)_config.LayerCount),
            Pair(Prefix + "attention.head_count", (uint)_config.HeadCount),
            Pair(Prefix + "attention.layer_norm_epsilon", _config.NormEps),
            Pair(Prefix + "projector.scale_factor", (uint)_config.MergeSize),
            Pair(Prefix + "image_mean", new[] { 0.5f, 0.5f, 0.5f }),
            Pair(Prefix + "image_std", new[] { 0.5f, 0.5f, 0.5f }),
        ];
        if (_config.TakesVideo)
        {
            keys.Add(Pair("vision.pos_emb_height", (uint)_config.TableRows));
            keys.Add(Pair("vision.pos_emb_width", (uint)_config.TableColumns));
            keys.Add(Pair("vision.pos_emb_time", (uint)_config.FrameLimit));
        }

        return keys;
    }

    private static KeyValuePair<string, GgufValue> Pair(string key, object value) => new(key, GgufValue.From(value));
}
