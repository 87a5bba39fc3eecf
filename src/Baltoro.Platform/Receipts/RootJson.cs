using System.Text;
using System.Text.Json;

namespace Baltoro.Platform.Receipts;

/// <summary>Signed roots as one line of JSON: <c>organization</c>, <c>number</c>, <c>text</c>, <c>key_id</c>, <c>signature</c> (base64).</summary>
public static class RootJson
{
    /// <summary>One line, without its end.</summary>
    public static string Write(SignedRoot root)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            WriteMembers(json, root);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(line.ToArray());
    }

    /// <summary>The members of a root inside an object.</summary>
    public static void WriteMembers(Utf8JsonWriter json, SignedRoot root)
    {
        json.WriteString("organization", root.OrganizationId);
        json.WriteNumber("number", root.Number);
        json.WriteString("text", root.Text);
        json.WriteString("key_id", root.KeyId);
        json.WriteBase64String("signature", root.Signature.Span);
    }

    /// <summary>Reads a line; null when it is something else.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static SignedRoot? Read(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return Read(document.RootElement);
    }

    /// <summary>Reads the members of an object; null when it is something else.</summary>
    public static SignedRoot? Read(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("organization", out JsonElement organization) && organization.ValueKind == JsonValueKind.String
        && root.TryGetProperty("number", out JsonElement numberText) && numberText.TryGetInt64(out long number)
        && root.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
        && root.TryGetProperty("key_id", out JsonElement keyId) && keyId.ValueKind == JsonValueKind.String
        && root.TryGetProperty("signature", out JsonElement signature) && signature.TryGetBytesFromBase64(out byte[]? bytes)
            ? new SignedRoot(organization.GetString() ?? "", number, text.GetString() ?? "", keyId.GetString() ?? "", bytes)
            : null;
}
