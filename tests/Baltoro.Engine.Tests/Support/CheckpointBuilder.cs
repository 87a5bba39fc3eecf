using System.Text.Json;
using System.Text.Json.Nodes;
using Baltoro.Engine.Weights.Blocks;

namespace Baltoro.Engine.Tests.Support;

/// <summary>Collects tensors and writes them as one safetensors file.</summary>
internal sealed class CheckpointBuilder
{
    private readonly JsonObject _header = [];
    private readonly List<byte> _data = [];

    public void Add(string name, string dtype, int[] shape, ReadOnlySpan<byte> bytes)
    {
        int start = _data.Count;
        _data.AddRange(bytes);
        _header[name] = new JsonObject
        {
            ["dtype"] = dtype,
            ["shape"] = JsonSerializer.SerializeToNode(shape),
            ["data_offsets"] = new JsonArray(start, _data.Count),
        };
    }

    /// <summary>Values as F32 or rounded to BF16.</summary>
    public void Add(string name, bool bf16, int[] shape, float[] values)
    {
        BlockType type = bf16 ? BlockType.BF16 : BlockType.F32;
        byte[] bytes = new byte[BlockFormat.Of(type).RowBytes(values.Length)];
        BlockEncoder.Encode(type, values, bytes);
        Add(name, bf16 ? "BF16" : "F32", shape, bytes);
    }

    public void Write(string path) => File.WriteAllBytes(path, SafetensorsText.Build(_header.ToJsonString(), [.. _data]));
}
