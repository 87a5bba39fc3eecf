using Baltoro.Engine.Weights.Blocks;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Tests.Weights.Gguf;

/// <summary>A small valid file with every value type and several tensor formats.</summary>
internal static class SampleGguf
{
    public static IReadOnlyList<KeyValuePair<string, GgufValue>> Metadata { get; } =
    [
        Pair("general.architecture", "deepseek2"),
        Pair("general.alignment", 32u),
        Pair("v.u8", (byte)200),
        Pair("v.i8", (sbyte)-5),
        Pair("v.u16", (ushort)60000),
        Pair("v.i16", (short)-300),
        Pair("v.i32", -70000),
        Pair("v.f32", 1e-5f),
        Pair("v.bool", true),
        Pair("v.u64", ulong.MaxValue),
        Pair("v.i64", long.MinValue),
        Pair("v.f64", Math.PI),
        Pair("tokenizer.ggml.tokens", new[] { "a", "Ġb", "", "汉" }),
        Pair("a.i32", new[] { 1, -1, 5 }),
        Pair("a.bool", new[] { true, false }),
        Pair("a.f32", new[] { 0.5f, 2f }),
        Pair("a.empty", Array.Empty<ulong>()),
    ];

    public static IReadOnlyList<GgufTensorPlan> Tensors { get; } =
    [
        Plan("a.weight", BlockType.Q8_0, [3, 64]),
        Plan("b.weight", BlockType.F32, [7]),
        Plan("c.weight", BlockType.Q4_0, [2, 3, 32]),
        Plan("d.weight", BlockType.BF16, [5, 3]),
    ];

    public static byte[] Bytes()
    {
        using MemoryStream stream = new();
        GgufWriter.Write(stream, Metadata, Tensors);
        return stream.ToArray();
    }

    public static GgufHeader Read(byte[] bytes)
    {
        using MemoryStream stream = new(bytes, writable: false);
        return GgufHeaderReader.Read(stream, "sample.gguf");
    }

    public static KeyValuePair<string, GgufValue> Pair(string key, object value) => new(key, GgufValue.From(value));

    /// <summary>A tensor whose data are the bytes of its name over and over.</summary>
    public static GgufTensorPlan Plan(string name, BlockType type, long[] shape)
    {
        long bytes = new GgufTensorPlan(name, type, shape, _ => { }).ByteCount;
        return new GgufTensorPlan(name, type, shape, stream =>
        {
            for (int i = 0; i < bytes; i++)
            {
                stream.WriteByte((byte)name[i % name.Length]);
            }
        });
    }
}
