using System.Buffers.Binary;
using System.Text.Json;
using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Vision;

/// <summary>
/// Writes the tower of a safetensors file as ggml's converter would: other names, and for K2.5 the rows of queries and keys moved so
/// that in each head row axis · w/2 + 2i + c holds what was row 4i + 2 · axis + c. Written from the converter's side.
/// </summary>
internal static class MmprojFile
{
    private static readonly (string From, string To)[] Names =
    [
        ("vision_tower.patch_embed.proj.", "v.patch_embd."), ("vision_tower.patch_embed.pos_emb.", "v.position_embd."),
        ("vision_tower.encoder.final_layernorm.", "v.post_ln."), ("vision_tower.encoder.blocks.", "v.blk."),
        ("mm_projector.pre_norm.", "mm.input_norm."), ("mm_projector.proj.0.", "mm.1."), ("mm_projector.proj.2.", "mm.2."),
        ("multi_modal_projector.pre_norm.", "mm.input_norm."), ("multi_modal_projector.linear_1.", "mm.1."),
        ("multi_modal_projector.linear_2.", "mm.2."),
        (".norm0.", ".ln1."), (".norm1.", ".ln2."), (".wqkv.", ".attn_qkv."), (".wo.", ".attn_out."), (".mlp.fc0.", ".ffn_up."), (".mlp.fc1.", ".ffn_down."),
    ];

    public static void Write(string folder, string path, bool k25)
    {
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "config.json")));
        JsonElement vision = config.RootElement.GetProperty("vision_config");
        string prefix = k25 ? "vt_" : "";
        int Field(string name) => vision.GetProperty(prefix + name).GetInt32();
        int hidden = Field("hidden_size");
        int heads = Field("num_attention_heads");
        List<KeyValuePair<string, GgufValue>> keys =
        [
            Pair("general.architecture", "clip"), Pair("clip.has_vision_encoder", true), Pair("clip.projector_type", k25 ? "kimik25" : "kimivl"),
            Pair("clip.vision.patch_size", 14u), Pair("clip.vision.embedding_length", (uint)hidden), Pair("clip.vision.block_count", (uint)Field("num_hidden_layers")),
            Pair("clip.vision.feed_forward_length", (uint)Field("intermediate_size")), Pair("clip.vision.attention.head_count", (uint)heads),
            Pair("clip.vision.attention.layer_norm_epsilon", 1e-5f), Pair("clip.vision.projector.scale_factor", 2u),
            Pair("clip.vision.projection_dim", (uint)config.RootElement.GetProperty("text_config").GetProperty("hidden_size").GetInt32()),
        ];
        if (k25)
        {
            keys.Add(Pair("vision.pos_emb_height", (uint)vision.GetProperty("init_pos_emb_height").GetInt32()));
            keys.Add(Pair("vision.pos_emb_width", (uint)vision.GetProperty("init_pos_emb_width").GetInt32()));
            keys.Add(Pair("vision.pos_emb_time", (uint)vision.GetProperty("init_pos_emb_time").GetInt32()));
        }

        GgufWriter.Write(path, keys, [.. Tensors(Path.Combine(folder, "model.safetensors")).SelectMany(tensor => Convert(tensor, k25, hidden, heads))]);
    }

    private static IEnumerable<GgufTensorPlan> Convert((string Name, long[] Shape, BlockType Type, byte[] Data) tensor, bool k25, int hidden, int heads)
    {
        string name = Names.Aggregate(tensor.Name, (text, pair) => text.Replace(pair.From, pair.To, StringComparison.Ordinal));
        int rowBytes = tensor.Data.Length / (int)tensor.Shape[0];
        if (name.Contains(".attn_qkv.", StringComparison.Ordinal) && k25)
        {
            return [Plan(name, tensor.Type, tensor.Shape, Permute(tensor.Data, rowBytes, hidden, heads))];
        }

        if (name.Contains(".attn_qkv.", StringComparison.Ordinal))
        {
            long[] third = [hidden, .. tensor.Shape[1..]];
            return "qkv".Select((letter, i) => Plan(
                name.Replace("attn_qkv", $"attn_{letter}", StringComparison.Ordinal), tensor.Type, third,
                tensor.Data.AsSpan(i * hidden * rowBytes, hidden * rowBytes).ToArray()));
        }

        bool joined = name == "v.position_embd.weight" && !k25;
        return [Plan(name, tensor.Type, joined ? [tensor.Shape[0] * tensor.Shape[1], hidden] : tensor.Shape, tensor.Data)];
    }

    private static byte[] Permute(byte[] data, int rowBytes, int hidden, int heads)
    {
        byte[] moved = [.. data];
        int width = hidden / heads;
        for (int head = 0; head < 2 * heads; head++)
        {
            for (int i = 0; i < width / 4; i++)
            {
                for (int axis = 0; axis < 2; axis++)
                {
                    for (int c = 0; c < 2; c++)
                    {
                        int to = (head * width) + (axis * (width / 2)) + (2 * i) + c;
                        int from = (head * width) + (4 * i) + (2 * axis) + c;
                        data.AsSpan(from * rowBytes, rowBytes).CopyTo(moved.AsSpan(to * rowBytes));
                    }
                }
            }
        }

        return moved;
    }

    private static IEnumerable<(string Name, long[] Shape, BlockType Type, byte[] Data)> Tensors(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(8, length));
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__" || entry.Name.StartsWith("language_model.", StringComparison.Ordinal))
            {
                continue;
            }

            int start = 8 + length + entry.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = 8 + length + entry.Value.GetProperty("data_offsets")[1].GetInt32();
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(value => value.GetInt64())];
            BlockType type = entry.Value.GetProperty("dtype").GetString() == "BF16" ? BlockType.BF16 : BlockType.F32;
            yield return (entry.Name, shape, type, file[start..end]);
        }
    }

    private static GgufTensorPlan Plan(string name, BlockType type, long[] shape, byte[] data) => new(name, type, shape, stream => stream.Write(data));

    private static KeyValuePair<string, GgufValue> Pair(string key, object value) => new(key, GgufValue.From(value));
}
