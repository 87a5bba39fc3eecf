using System.Buffers;
using System.Text;
using System.Text.Json;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Json;
using Baltoro.Protocol.Sse;
using CsCheck;

namespace Baltoro.Protocol.Tests.Sse;

/// <summary>
/// Goal: whatever text a chunk carries, the stream splits into exactly the events that were written and each text
/// comes back unchanged. Method: write random texts, split as the SSE grammar says, parse. CsCheck prints the seed.
/// </summary>
public class SseWriterTests
{
    private static readonly string[] Traps =
        ["\n", "\r\n", "\n\n", "data: [DONE]\n\n", ": x", "\u2028", "\u0085", "😀", "\"\\", "<|im_end|>", "</script>"];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char['\u0000', '\uD7FF'], 0, 40],
        Gen.Int[0, Traps.Length - 1].Select(index => Traps[index]));

    [Fact]
    public void WriteEvent_AnyTexts_ComeBackOneEventEach() => Text.Array[0, 20].Sample(texts =>
    {
        ArrayBufferWriter<byte> buffer = new();
        using SseWriter writer = new(buffer);
        foreach (string text in texts)
        {
            writer.WriteEvent(ChunkOf(text), WireJson.Wire.ChatChunk);
            writer.WriteKeepAlive();
        }

        writer.WriteDone();
        string stream = Encoding.UTF8.GetString(buffer.WrittenSpan);
        IReadOnlyList<string> events = SplitAsSseSays(stream);
        Assert.Equal(texts.Length + 1, events.Count);
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(texts, events.SkipLast(1).Select(ContentOf));
    });

    [Fact]
    public void WriteEvent_TextOutsideAscii_IsUtf8AndNotEscaped()
    {
        ArrayBufferWriter<byte> buffer = new();
        using SseWriter writer = new(buffer);
        writer.WriteEvent(ChunkOf("ä<€'"), WireJson.Wire.ChatChunk);
        Assert.Contains("ä<€'", Encoding.UTF8.GetString(buffer.WrittenSpan), StringComparison.Ordinal);
    }

    private static ChatChunk ChunkOf(string text) => new()
    {
        Id = "chatcmpl-1",
        Created = 1,
        Model = "kimi-k2-5",
        Choices = [new ChunkChoice { Index = 0, Delta = new ChunkDelta { Content = text } }],
    };

    private static string ContentOf(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("choices")[0].GetProperty("delta").GetProperty("content").GetString() ?? "";
    }

    /// <summary>Line ends are CR, LF or CRLF; comments start with a colon; an empty line dispatches.</summary>
    private static List<string> SplitAsSseSays(string stream)
    {
        List<string> events = [];
        StringBuilder data = new();
        foreach (string line in stream.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n'))
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data.Append(data.Length > 0 ? "\n" : "").Append(line, 6, line.Length - 6);
            }
            else if (line.Length == 0 && data.Length > 0)
            {
                events.Add(data.ToString());
                data.Clear();
            }
        }

        return events;
    }
}
