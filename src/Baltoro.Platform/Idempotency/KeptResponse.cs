using System.Buffers.Binary;
using System.Text.Json;

namespace Baltoro.Platform.Idempotency;

/// <summary>An answer kept for repeats of its request: status, headers and body as they were sent.</summary>
/// <param name="Status">HTTP status; 0 for an answer that was too large to be kept.</param>
public sealed record KeptResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body)
{
    private const string StatusName = "status";
    private const string HeadersName = "headers";

    /// <summary>Marks an answer that was sent but not kept.</summary>
    public static KeptResponse TooLarge { get; } = new(0, [], ReadOnlyMemory<byte>.Empty);

    /// <summary>As bytes: length of the JSON head in 32 bits, head, body.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream head = new();
        using (Utf8JsonWriter json = new(head))
        {
            json.WriteStartObject();
            json.WriteNumber(StatusName, Status);
            json.WriteStartArray(HeadersName);
            foreach ((string name, string value) in Headers)
            {
                json.WriteStringValue(name);
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        byte[] bytes = new byte[sizeof(int) + head.Length + Body.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, (int)head.Length);
        head.ToArray().CopyTo(bytes, sizeof(int));
        Body.CopyTo(bytes.AsMemory(sizeof(int) + (int)head.Length));
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    public static KeptResponse Read(ReadOnlyMemory<byte> bytes)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(bytes.Span);
        using JsonDocument head = JsonDocument.Parse(bytes.Slice(sizeof(int), length));
        string[] pairs = [.. head.RootElement.GetProperty(HeadersName).EnumerateArray().Select(text => text.GetString() ?? "")];
        return new KeptResponse(
            head.RootElement.GetProperty(StatusName).GetInt32(),
            [.. pairs.Chunk(2).Select(pair => (pair[0], pair[1]))],
            bytes[(sizeof(int) + length)..]);
    }
}
