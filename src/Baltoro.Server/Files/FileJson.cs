using System.Text.Json;
using Baltoro.Platform.Files;
using Baltoro.Server.Files.Extraction;

namespace Baltoro.Server.Files;

/// <summary>Files as clients see them.</summary>
internal static class FileJson
{
    /// <summary>An upload is answered when everything has been done with it.</summary>
    private const string Ready = "ready";

    /// <summary>The same in OpenAI's word, for the one purpose that both know: OpenAI's .NET client reads no other.</summary>
    private const string Processed = "processed";

    public static void Write(Utf8JsonWriter json, StoredFile file)
    {
        json.WriteStartObject();
        json.WriteString("id", file.Id);
        json.WriteString("object", "file");
        json.WriteNumber("bytes", file.SizeBytes);
        json.WriteNumber("created_at", file.CreatedAt.ToUnixTimeSeconds());
        json.WriteString("filename", file.Name);
        json.WriteString("purpose", file.Purpose);
        json.WriteString("status", file.Purpose == FilePurpose.Batch ? Processed : Ready);
        json.WriteString("status_details", "");
        json.WriteEndObject();
    }

    public static void WriteList(Utf8JsonWriter json, IReadOnlyList<StoredFile> files, bool hasMore)
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (StoredFile file in files)
        {
            Write(json, file);
        }

        json.WriteEndArray();
        if (files.Count > 0)
        {
            json.WriteString("first_id", files[0].Id);
            json.WriteString("last_id", files[^1].Id);
        }

        json.WriteBoolean("has_more", hasMore);
        json.WriteEndObject();
    }

    public static void WriteDeleted(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "file");
        json.WriteBoolean("deleted", true);
        json.WriteEndObject();
    }

    /// <summary>The body of an extracted document: JSON that goes into a message as it is.</summary>
    public static byte[] Content(string name, ExtractedText found)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("content", found.Text);
            json.WriteString("file_type", found.FileType);
            json.WriteString("filename", name);
            json.WriteString("title", found.Title);
            json.WriteString("type", "file");
            json.WriteEndObject();
        }

        return body.ToArray();
    }
}
