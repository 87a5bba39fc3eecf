using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Endpoints;

/// <summary>Writes a whole JSON answer with its length.</summary>
internal static class JsonAnswer
{
    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> typeInfo) =>
        WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo));

    /// <summary>What <paramref name="write"/> writes.</summary>
    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            write(json);
        }

        return WriteAsync(context, body.ToArray());
    }

    private static Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, 0, body.Length);
    }
}
