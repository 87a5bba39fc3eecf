using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Baltoro.Platform.Audit;

/// <summary>The text of what a change did: JSON with the members that differ, as <c>before</c> and <c>after</c>. Secrets are never handed in.</summary>
public static class AuditDetail
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Something new.</summary>
    public static string Created(params (string Name, string? Value)[] after) => Write([], after);

    /// <summary>Something that is gone.</summary>
    public static string Removed(params (string Name, string? Value)[] before) => Write(before, []);

    /// <summary>The members that differ; both lists name the same members in the same order.</summary>
    public static string Changed((string Name, string? Value)[] before, (string Name, string? Value)[] after)
    {
        int[] different = [.. Enumerable.Range(0, before.Length).Where(index => before[index].Value != after[index].Value)];
        return Write([.. different.Select(index => before[index])], [.. different.Select(index => after[index])]);
    }

    private static string Write((string Name, string? Value)[] before, (string Name, string? Value)[] after)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, Options))
        {
            json.WriteStartObject();
            WritePart(json, "before", before);
            WritePart(json, "after", after);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WritePart(Utf8JsonWriter json, string name, (string Name, string? Value)[] members)
    {
        if (members.Length == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach ((string member, string? value) in members)
        {
            json.WriteString(member, value);
        }

        json.WriteEndObject();
    }
}
