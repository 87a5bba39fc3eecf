using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Baltoro.Protocol.Sse;

/// <summary>
/// Framing of server-sent events: one <c>data:</c> line per event, an empty line after it. JSON never contains a raw
/// line break, so an event is always one line. Not safe for concurrent use.
/// </summary>
public sealed class SseWriter : IDisposable
{
    private readonly IBufferWriter<byte> _output;
    private readonly Utf8JsonWriter _json;

    /// <summary>Writes to <paramref name="output"/>; the caller flushes it.</summary>
    public SseWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _json = new Utf8JsonWriter(output, new JsonWriterOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            SkipValidation = true,
        });
    }

    /// <summary>One event that carries <paramref name="value"/>.</summary>
    public void WriteEvent<T>(T value, JsonTypeInfo<T> typeInfo)
    {
        _output.Write("data: "u8);
        _json.Reset();
        JsonSerializer.Serialize(_json, value, typeInfo);
        _json.Flush();
        _output.Write("\n\n"u8);
    }

    /// <summary>The line that ends a chat stream.</summary>
    public void WriteDone() => _output.Write("data: [DONE]\n\n"u8);

    /// <summary>A comment that keeps intermediaries from closing a silent connection; clients skip it.</summary>
    public void WriteKeepAlive() => _output.Write(": keep-alive\n\n"u8);

    /// <summary>Releases the JSON writer; the output stays open.</summary>
    public void Dispose()
    {
        _json.Reset();
        _json.Dispose();
    }
}
