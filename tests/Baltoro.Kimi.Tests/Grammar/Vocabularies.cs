using System.Text;
using Baltoro.Kimi.Grammar;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Vocabularies for the tests.</summary>
internal static class Vocabularies
{
    /// <summary>All bytes, JSON pieces, words, and pieces of several code points or of a part of one.</summary>
    public static TokenVocabulary Small { get; } = new(SmallTokens(), new HashSet<int> { EndId, SpecialId });

    public const int EndId = 0;

    /// <summary>A special token whose bytes would be allowed if it were text.</summary>
    public const int SpecialId = 1;

    private static List<ReadOnlyMemory<byte>> SmallTokens()
    {
        List<ReadOnlyMemory<byte>> tokens = ["<end>"u8.ToArray(), "a"u8.ToArray()];
        for (int value = 0; value < 256; value++)
        {
            tokens.Add(new[] { (byte)value });
        }

        string[] texts =
        [
            "{\"", "\":", "\":\"", "\",\"", "\"}", "\"]", "},{", "}]", "\"}}", "]}", ",\"", ":{\"", "[{\"", "[[", "]]", "[]", "{}", "[\"", "\",", "\"\"",
            "true", "false", "null", "tr", "ue", "e,", "l}", "l]", "-1", "0.", "12", "100", "999", ".5", "1e", "e+", "00", "1,", "2]", "3}", "-0",
            "name", "value", "a", "ab", "abc", "b", "kind", "id", "items", "next", "na", "me", "x\"", "a\":", "b\":1", "\"a", "\"name", "id\":",
            "hello", " world", "  ", "\\n", "\\\"", "\\u", "\\u00", "00e9", "d8", "\\ud83d", "\\ude00", "é", "日本", "😀", "ü\"", "\n", "\t", " {", ": ",
            "2024-", "-01-", "T10:", ":00Z", "@a.b", "://", "::", "red", "green", "aaaaaaaaaaaaaaaaaaaa", "\":[", "\":[]", "\":{}", "\":null", "\":true,\"",
        ];
        tokens.AddRange(texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)));
        tokens.Add("日"u8[..2].ToArray());
        tokens.Add("😀"u8[1..].ToArray());
        tokens.Add("a"u8.ToArray().Concat("日"u8[..1].ToArray()).ToArray());
        return tokens;
    }
}
