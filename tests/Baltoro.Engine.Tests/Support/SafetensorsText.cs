using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Baltoro.Engine.Tests.Support;

/// <summary>Takes safetensors files apart and puts them together, rightly or wrongly.</summary>
internal static class SafetensorsText
{
    public static byte[] Build(string header, int dataBytes) => Build(header, new byte[dataBytes]);

    public static byte[] Build(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)text.Length);
        return [.. length, .. text, .. data];
    }

    /// <summary>Rewrites the header of a file by <paramref name="edit"/>.</summary>
    public static void Edit(string path, Action<JsonObject> edit)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        JsonObject header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        edit(header);
        File.WriteAllBytes(path, Build(header.ToJsonString(), file[(8 + length)..]));
    }

    /// <summary>Gives a tensor another name.</summary>
    public static void Rename(JsonObject header, string from, string to)
    {
        JsonNode entry = header[from]!.DeepClone();
        header.Remove(from);
        header[to] = entry;
    }
}
