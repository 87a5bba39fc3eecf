using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Baltoro.Storage.Backup;

/// <summary>
/// Rows as lines of JSON: first the column names, then an array per row. Integers are numbers, reals objects
/// <c>{"r":"…"}</c> (round-trip text), bytes objects <c>{"b":"base64"}</c>; so a row means the same in every store.
/// </summary>
internal static class RowCodec
{
    private const byte NewLine = (byte)'\n';

    public static void WriteHeader(Stream output, IEnumerable<string> columns) =>
        WriteLine(output, json =>
        {
            foreach (string column in columns)
            {
                json.WriteStringValue(column);
            }
        });

    public static void WriteRow(Stream output, object?[] row) =>
        WriteLine(output, json =>
        {
            foreach (object? value in row)
            {
                Write(json, value);
            }
        });

    public static IReadOnlyList<string> ReadHeader(string line, string part)
    {
        using JsonDocument document = Parse(line, part);
        return [.. document.RootElement.EnumerateArray().Select(name => name.GetString() ?? "")];
    }

    public static object?[] ReadRow(string line, int columns, string part)
    {
        using JsonDocument document = Parse(line, part);
        object?[] row = [.. document.RootElement.EnumerateArray().Select(Read)];
        return row.Length == columns
            ? row
            : throw new StorageException($"backup part {part}: found a row of {row.Length} values, expected {columns}");
    }

    private static JsonDocument Parse(string line, string part)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException fault)
        {
            throw new StorageException($"backup part {part}: a line is not JSON", fault);
        }
    }

    private static void WriteLine(Stream output, Action<Utf8JsonWriter> write)
    {
        using (Utf8JsonWriter json = new(output))
        {
            json.WriteStartArray();
            write(json);
            json.WriteEndArray();
        }

        output.WriteByte(NewLine);
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                json.WriteNullValue();
                break;
            case long or int or short:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case bool flag:
                json.WriteNumberValue(flag ? 1L : 0L);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case double number:
                WriteTagged("r", number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                WriteTagged("b", Convert.ToBase64String(bytes));
                break;
            default:
                throw new StorageException($"backup: found a value of type {value.GetType().Name}, expected integer, text, real or bytes");
        }

        void WriteTagged(string tag, string text)
        {
            json.WriteStartObject();
            json.WriteString(tag, text);
            json.WriteEndObject();
        }
    }

    private static object? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number => value.GetInt64(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Object when value.TryGetProperty("b", out JsonElement bytes) => bytes.GetBytesFromBase64(),
        JsonValueKind.Object when value.TryGetProperty("r", out JsonElement real) =>
            double.Parse(real.GetString() ?? "", NumberStyles.Float, CultureInfo.InvariantCulture),
        _ => throw new StorageException($"backup: found a value {value.ValueKind}, expected null, number, text, real or bytes"),
    };
}
