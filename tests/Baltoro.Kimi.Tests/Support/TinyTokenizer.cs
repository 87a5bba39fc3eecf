using System.Text;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Support;

/// <summary>A tokenizer small enough to be made by the tests: 256 bytes, a few merges, Kimi's special tokens.</summary>
internal static class TinyTokenizer
{
    public static readonly string[] Merges =
    [
        "th", "the", " t", " the", "in", "er", "an", "he", "ll", "llo", "us", "use", "user", "sy", "sys", "st", "as", "ss", "aa", "aaaa", "世", "é",
    ];

    private static readonly (int Offset, string Text)[] _special =
    [
        (0, "[BOS]"), (1, "[EOS]"), (2, "<|im_end|>"), (3, "<|im_user|>"), (4, "<|im_assistant|>"), (6, "<|start_header_id|>"),
        (7, "<|end_header_id|>"), (9, "[EOT]"), (10, "<|im_system|>"), (11, "<|tool_calls_section_begin|>"),
        (12, "<|tool_calls_section_end|>"), (13, "<|tool_call_begin|>"), (14, "<|tool_call_argument_begin|>"),
        (15, "<|tool_call_end|>"), (17, "<|im_middle|>"), (18, "<|media_begin|>"), (19, "<|media_content|>"),
        (20, "<|media_end|>"), (21, "<|media_pad|>"), (22, "<think>"), (23, "</think>"), (254, "[UNK]"), (255, "[PAD]"),
    ];

    private static readonly Lazy<KimiTokenizer> _tokenizer = new(Build);

    public static KimiTokenizer Get() => _tokenizer.Value;

    public static string RankFileText()
    {
        StringBuilder text = new();
        int rank = 0;
        foreach (byte[] token in Enumerable.Range(0, 256).Select(b => new[] { (byte)b }).Concat(Merges.Select(Encoding.UTF8.GetBytes)))
        {
            text.Append(Convert.ToBase64String(token)).Append(' ').Append(rank++).Append('\n');
        }

        return text.ToString();
    }

    public static string ConfigText(int firstId)
    {
        IEnumerable<string> entries = _special.Select(s => $"\"{firstId + s.Offset}\": {{\"content\": \"{s.Text}\"}}");
        return $"{{\"added_tokens_decoder\": {{{string.Join(", ", entries)}}}}}";
    }

    public static int RankCount => 256 + Merges.Length;

    private static KimiTokenizer Build()
    {
        using TempFolder folder = new();
        folder.Write("tiktoken.model", RankFileText());
        folder.Write("tokenizer_config.json", ConfigText(RankCount));
        return KimiTokenizer.Load(folder.Path);
    }
}
