using System.Text.Json;

namespace Baltoro.Cli.Hub;

/// <summary>Reads the hub's answer about a repository (<c>/api/models/ID/revision/REV?blobs=true</c>).</summary>
internal static class HubListing
{
    private const int MostFiles = 100_000;

    /// <exception cref="HubException">It is not what the hub sends, or names a file outside the repository.</exception>
    public static HubRepository Read(string id, JsonElement root)
    {
        string commit = Text(root, "sha") ?? throw Wrong(id, "no 'sha'");
        if (!IsHex(commit, 40))
        {
            throw Wrong(id, $"'sha' is '{commit}'");
        }

        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("siblings", out JsonElement siblings) || siblings.ValueKind != JsonValueKind.Array
            || siblings.GetArrayLength() > MostFiles)
        {
            throw Wrong(id, "no list 'siblings'");
        }

        return new HubRepository(id, commit, [.. siblings.EnumerateArray().Select(entry => ReadFile(id, entry))]);
    }

    private static HubFile ReadFile(string id, JsonElement entry)
    {
        string name = Text(entry, "rfilename") ?? throw Wrong(id, "a file without 'rfilename'");
        if (!IsInside(name))
        {
            throw Wrong(id, $"the file name '{name}' leads outside");
        }

        bool hasSize = entry.TryGetProperty("size", out JsonElement size) && size.ValueKind == JsonValueKind.Number;
        if (!hasSize || !size.TryGetInt64(out long bytes) || bytes < 0)
        {
            throw Wrong(id, $"no size for '{name}'");
        }

        string? sha256 = entry.TryGetProperty("lfs", out JsonElement lfs) && lfs.ValueKind == JsonValueKind.Object ? Text(lfs, "sha256") : null;
        string? blob = Text(entry, "blobId");
        return new HubFile(name, bytes, IsHex(sha256, 64) ? sha256 : null, sha256 is null && IsHex(blob, 40) ? blob : null);
    }

    private static bool IsInside(string name) =>
        name.Length is > 0 and <= 1024 && !name.Contains('\\', StringComparison.Ordinal) && !name.Contains(':', StringComparison.Ordinal)
        && !name.Any(char.IsControl) && name.Split('/').All(part => part is not ("" or "." or ".."));

    private static bool IsHex(string? text, int length) => text is not null && text.Length == length && text.All(char.IsAsciiHexDigitLower);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static HubException Wrong(string id, string what) => new($"{id}: the hub's answer cannot be used: {what}");
}
