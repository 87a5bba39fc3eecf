using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Tests.Shared;

namespace Baltoro.EndToEnd.Tests;

/// <summary>
/// A model folder in the K2.5 layout with a vision tower and random weights: the shapes of the golden model vision-k25, with
/// the vocabulary of the tests' own tokenizer. It knows nothing, and sees.
/// </summary>
internal static class SeeingModel
{
    private const int GoldenVocabulary = 61;
    private const int Vocabulary = 534;
    private const int MediaPadOffset = 21;

    public static void Write(string folder)
    {
        string golden = Path.Combine(RepositoryRoot.Path, "tests", "data", "golden", "vision-k25");
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(golden, "config.json")))!;
        config["text_config"]!["vocab_size"] = Vocabulary;
        config["media_placeholder_token_id"] = TinyTokenizer.RankCount + MediaPadOffset;
        File.WriteAllText(Path.Combine(folder, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "tiktoken.model"), TinyTokenizer.RankFileText());
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), TinyTokenizer.ConfigText(TinyTokenizer.RankCount));
        File.WriteAllBytes(Path.Combine(folder, "model.safetensors"), Weights(File.ReadAllBytes(Path.Combine(golden, "model.safetensors"))));
    }

    private static byte[] Weights(byte[] golden)
    {
        int headerBytes = (int)BinaryPrimitives.ReadUInt64LittleEndian(golden);
        JsonObject header = JsonNode.Parse(golden.AsSpan(8, headerBytes))!.AsObject();
        header.Remove("__metadata__");
        MemoryStream data = new();
        Random random = new(20261123);
        foreach ((string name, JsonNode? tensor) in header)
        {
            long[] shape = [.. tensor!["shape"]!.AsArray().Select(side => (long)side!)];
            shape[0] = shape[0] == GoldenVocabulary ? Vocabulary : shape[0];
            bool isWide = (string?)tensor["dtype"] == "F32";
            long begin = data.Length;
            bool isNorm = shape.Length == 1 && name.EndsWith("weight", StringComparison.Ordinal);
            for (long i = 0; i < shape.Aggregate(1L, (product, side) => product * side); i++)
            {
                float value = (isNorm ? 1f : 0f) + ((float)random.NextDouble() - 0.5f) / 2;
                byte[] bytes = BitConverter.GetBytes(value);
                data.Write(isWide ? bytes : bytes.AsSpan(2));
            }

            tensor["shape"] = new JsonArray([.. shape.Select(side => JsonValue.Create(side))]);
            tensor["data_offsets"] = new JsonArray(begin, data.Length);
        }

        byte[] text = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] size = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(size, (ulong)text.Length);
        return [.. size, .. text, .. data.ToArray()];
    }
}
