using System.Text;
using Baltoro.Kimi.Conversation;
using Baltoro.Kimi.Output;
using Baltoro.Kimi.Tests.Support;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Kimi.Tests.Output;

/// <summary>
/// What the parser makes of an output does not depend on where its tokens are cut: at every single byte, at every byte at
/// once, at random; and an output that breaks off behind any token is the beginning of the whole one.
/// </summary>
public class OutputCutTests
{
    /// <summary>What models really write: a thought, text, calls with their markers, their mistakes.</summary>
    private static readonly string[] _recorded =
    [
        "The user wants the weather. I call the tool.</think>Let me look — 世界 😀.<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{\"city\": \"Zürich 😀\", \"n\": [1, 2]}<|tool_call_end|><|tool_call_begin|>functions.get_weather:1<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|><|im_end|>",
        "hm <|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\":\"</think>\"}<|tool_call_end|><|tool_calls_section_end|><|im_end|>",
        "ok<|tool_call_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|> {\"x\": 1} \n<|tool_call_end|><|tool_call_section_end|>bye<|im_end|>",
        "a</think>It says STO and ST, then STOP and more.<|im_end|>",
        "no end<|tool_calls_section_begin|><|tool_call_begin|>functions.f:0<|tool_call_argument_begin|>{\"a\":",
    ];

    private static readonly string[] _parts =
    [
        "the ", "世界", "😀", "é", "</think>", "<think>", "<|tool_calls_section_begin|>", "<|tool_call_begin|>", "functions.f:0", "<|tool_call_argument_begin|>",
        "{\"a\": 1}", " ", "<|tool_call_end|>", "<|tool_calls_section_end|>", "ST", "STOP", "<|tool_call_section_begin|>", "<|im_middle|>", "\n", "llo", "user aaaa",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parse_OutputCutAtEveryByte_IsTheWhole(bool hasTools)
    {
        Random random = new(Seeds.Next());
        IEnumerable<string> outputs = _recorded.Concat(Enumerable.Range(0, 60).Select(_ => Generate(random, 12))).Append(Generate(random, 700));
        foreach (string output in outputs)
        {
            foreach (OutputParserOptions options in Options(hasTools))
            {
                Answer whole = Answer.Parse(output, options);
                List<int> bytes = Answer.Ids(output, byteByByte: true);
                AssertSame(whole, Answer.Parse(bytes, options), output, -1);
                int step = bytes.Count > 1_000 ? random.Next(3, 9) : 1;
                for (int cut = random.Next(step); cut <= bytes.Count; cut += step)
                {
                    AssertSame(whole, Answer.Parse([.. Merge(bytes[..cut]), .. Merge(bytes[cut..])], options), output, cut);
                }
            }
        }
    }

    [Fact]
    public void Parse_OutputOfFourKilobytesCutAtRandom_IsTheWhole()
    {
        Random random = new(Seeds.Next());
        for (int i = 0; i < 100; i++)
        {
            string output = Generate(random, 600);
            OutputParserOptions options = Options(random.Next(2) == 0)[random.Next(2)];
            List<int> bytes = Answer.Ids(output, byteByByte: true);
            List<int> pieces = [];
            for (int from = 0; from < bytes.Count;)
            {
                int count = Math.Min(random.Next(1, 40), bytes.Count - from);
                pieces.AddRange(Merge(bytes.GetRange(from, count)));
                from += count;
            }

            AssertSame(Answer.Parse(output, options), Answer.Parse(pieces, options), output, -1);
        }
    }

    [Fact]
    public void Parse_OutputThatBreaksOffBehindAnyToken_IsItsBeginning()
    {
        Random random = new(Seeds.Next());
        foreach (string output in _recorded.Concat(Enumerable.Range(0, 200).Select(_ => Generate(random, 14))))
        {
            // Without stop texts and spelled markers: the beginning of one of those is text when nothing more comes.
            OutputParserOptions options = new() { ReasoningOpen = random.Next(2) == 0 };
            List<int> ids = Answer.Ids(output);
            Answer whole = Answer.Parse(ids, options);
            for (int count = 0; count <= ids.Count; count++)
            {
                Answer begun = Answer.Parse(ids[..count], options, lengthReached: true);
                string told = $"{output} up to token {count}: {begun}, whole: {whole}";
                Assert.True(whole.Reasoning.StartsWith(begun.Reasoning.TrimEnd('\uFFFD'), StringComparison.Ordinal), told);
                Assert.True(whole.Text.StartsWith(begun.Text.TrimEnd('\uFFFD'), StringComparison.Ordinal), told);
                Assert.True(begun.Calls.Count <= whole.Calls.Count, told);
                for (int call = 0; call < begun.Calls.Count; call++)
                {
                    Assert.Equal(whole.Calls[call] with { Arguments = "" }, begun.Calls[call] with { Arguments = "" });
                    Assert.True(whole.Calls[call].Arguments.StartsWith(begun.Calls[call].Arguments.TrimEnd('\uFFFD'), StringComparison.Ordinal), told);
                    Assert.NotEqual("", begun.Calls[call].Arguments);
                }
            }
        }
    }

    private static OutputParserOptions[] Options(bool hasTools) =>
    [
        new() { ReasoningOpen = true, HasTools = hasTools, PriorCallCount = 2 },
        new() { HasTools = hasTools, Stop = ["STOP", "世界 😀"] },
    ];

    private static string Generate(Random random, int parts) =>
        string.Concat(Enumerable.Range(0, random.Next(1, parts)).Select(_ => _parts[random.Next(_parts.Length)]));

    /// <summary>Bytes and special tokens put together again to the tokens a tokenizer makes of them, text by text.</summary>
    private static List<int> Merge(List<int> bytes)
    {
        KimiTokenizer tokenizer = TinyTokenizer.Get();
        List<int> ids = [];
        List<byte> text = [];
        foreach (int id in bytes.Append(-1))
        {
            if (id is >= 0 and < 256)
            {
                text.Add((byte)id);
                continue;
            }

            ids.AddRange(MergeText(tokenizer, text));
            text.Clear();
            ids.AddRange(id < 0 ? [] : [id]);
        }

        return ids;
    }

    /// <summary>A text that begins or ends inside a character cannot be encoded: its bytes at the ends stay tokens of one byte.</summary>
    private static IEnumerable<int> MergeText(KimiTokenizer tokenizer, List<byte> text)
    {
        int from = 0;
        while (from < text.Count && (text[from] & 0xC0) == 0x80)
        {
            from++;
        }

        int to = text.Count;
        for (int last = to - 1; last >= from && to - last <= 4; last--)
        {
            if ((text[last] & 0xC0) == 0x80)
            {
                continue;
            }

            int length = text[last] switch { < 0x80 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
            to = last + length > to ? last : to;
            break;
        }

        string middle = Encoding.UTF8.GetString([.. text[from..to]]);
        return [.. text[..from].Select(value => (int)value), .. tokenizer.Encode(middle), .. text[to..].Select(value => (int)value)];
    }

    private static void AssertSame(Answer whole, Answer cut, string output, int at) => Assert.True(
        (whole.Reasoning, whole.Text, whole.Reason) == (cut.Reasoning, cut.Text, cut.Reason) && whole.Calls.SequenceEqual(cut.Calls),
        $"{output} cut at {at}\n{whole}\n{cut}");
}
