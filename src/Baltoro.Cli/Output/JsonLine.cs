using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Baltoro.Cli.Output;

/// <summary>One line of JSON for scripts.</summary>
internal static class JsonLine
{
    /// <summary>The text that <paramref name="write"/> writes.</summary>
    public static string Of(Action<Utf8JsonWriter> write, bool indented = false)
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = indented };
        using (Utf8JsonWriter json = new(buffer, options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
