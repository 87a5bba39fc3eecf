using Baltoro.Engine.Model;
using Baltoro.Engine.Weights.Gguf;

namespace Baltoro.Engine.Weights.Export;

/// <summary>
/// A made-up byte-level vocabulary, so that other engines accept a random-weight file: the 256 bytes, then pairs and triples
/// of them with their merges, then control tokens up to the config's size.
/// </summary>
internal static class SyntheticVocabulary
{
    private const int ByteCount = 256;
    private const int LeastSpecials = 8;
    private const int MostSpecials = 256;
    private const int NormalType = 1;
    private const int ControlType = 3;

    /// <summary>The <c>tokenizer.*</c> keys; none for a vocabulary too small to hold all bytes.</summary>
    public static IReadOnlyList<KeyValuePair<string, GgufValue>> KeysOf(KimiConfig config)
    {
        if (config.VocabularySize < ByteCount + LeastSpecials)
        {
            return [];
        }

        int normal = FirstSpecial(config);
        (List<string> tokens, List<string> merges) = Build(normal);
        int[] types = [.. Enumerable.Range(0, config.VocabularySize).Select(id => id < normal ? NormalType : ControlType)];
        tokens.AddRange(Enumerable.Range(normal, config.VocabularySize - normal).Select(id => $"<|special_{id - normal}|>"));
        return
        [
            Pair("model", "gpt2"),
            Pair("pre", "kimi-k2"),
            Pair("tokens", tokens.ToArray()),
            Pair("token_type", types),
            Pair("merges", merges.ToArray()),
            Pair("bos_token_id", (uint)(config.BosId ?? normal)),
            Pair("eos_token_id", (uint)(config.EosIds.Count > 0 ? config.EosIds[0] : normal + 1)),
            Pair("padding_token_id", (uint)(config.PadId ?? config.VocabularySize - 1)),
            Pair("add_bos_token", false),
        ];
    }

    /// <summary>The special ids of the config are at the end of the vocabulary; where they are not, the last eight are special.</summary>
    private static int FirstSpecial(KimiConfig config)
    {
        int size = config.VocabularySize;
        int first = config.EosIds.Append(config.BosId ?? size).Append(config.PadId ?? size).Min();
        return first >= Math.Max(ByteCount, size - MostSpecials) && first <= size - LeastSpecials ? first : size - LeastSpecials;
    }

    private static (List<string> Tokens, List<string> Merges) Build(int count)
    {
        string[] letters = ByteLetters();
        List<string> tokens = [.. letters];
        List<string> merges = [];
        for (int left = 0; tokens.Count < count; left++)
        {
            foreach (string right in letters)
            {
                if (tokens.Count == count)
                {
                    break;
                }

                merges.Add($"{tokens[left]} {right}");
                tokens.Add(tokens[left] + right);
            }
        }

        return (tokens, merges);
    }

    /// <summary>GPT-2's printable stand-ins for bytes: Latin-1's visible characters for themselves, the rest from U+0100 on.</summary>
    private static string[] ByteLetters()
    {
        string[] letters = new string[ByteCount];
        int next = 256;
        for (int value = 0; value < ByteCount; value++)
        {
            bool visible = value is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            letters[value] = ((char)(visible ? value : next++)).ToString();
        }

        return letters;
    }

    private static KeyValuePair<string, GgufValue> Pair(string key, object value) => new($"tokenizer.ggml.{key}", GgufValue.From(value));
}
