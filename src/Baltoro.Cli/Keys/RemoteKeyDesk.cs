using System.Text.Json;
using Baltoro.Cli.Client;
using Baltoro.Cli.Output;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Tiers;

namespace Baltoro.Cli.Keys;

/// <summary>Keys through the admin API of a server.</summary>
internal sealed class RemoteKeyDesk(AdminClient client) : IKeyDesk
{
    public string Place => $"server {client.Url}";

    public async Task<IssuedRow> CreateAsync(KeyOrder order, CancellationToken cancellationToken) =>
        Issued(await client.SendAsync(HttpMethod.Post, "/keys", JsonLine.Of(json => Write(json, order)), cancellationToken).ConfigureAwait(false));

    public async Task<IReadOnlyList<KeyRow>> ListAsync(string? organization, CancellationToken cancellationToken)
    {
        string filter = organization is null ? "" : $"?organization={Uri.EscapeDataString(organization)}";
        return [.. (await client.ListAsync($"/keys{filter}", cancellationToken).ConfigureAwait(false)).Select(Row)];
    }

    public async Task RevokeAsync(string id, CancellationToken cancellationToken) =>
        await client.SendAsync(HttpMethod.Delete, $"/keys/{Uri.EscapeDataString(id)}", null, cancellationToken).ConfigureAwait(false);

    public async Task<IssuedRow> RotateAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        string body = JsonLine.Of(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("grace_seconds", (long)grace.TotalSeconds);
            json.WriteEndObject();
        });
        return Issued(await client.SendAsync(
            HttpMethod.Post, $"/keys/{Uri.EscapeDataString(id)}/rotate", body, cancellationToken).ConfigureAwait(false));
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static KeyRow Row(JsonElement key) => new(
        Text(key, "id"), Text(key, "hint"), Text(key, "name"), Text(key, "organization"), Text(key, "tier"),
        DateTimeOffset.FromUnixTimeSeconds(key.GetProperty("created_at").GetInt64()), key.GetProperty("active").GetBoolean())
    {
        IsAdmin = Text(key, "kind") == "admin",
        Role = TextOrNone(key, "role"),
        Project = TextOrNone(key, "project"),
        ExpiresAt = key.TryGetProperty("expires_at", out JsonElement end) && end.ValueKind == JsonValueKind.Number
            ? DateTimeOffset.FromUnixTimeSeconds(end.GetInt64())
            : null,
    };

    private static IssuedRow Issued(JsonElement key) => new(Text(key, "id"), Text(key, "key"), Text(key, "organization"), Text(key, "tier"));

    private static string TextOrNone(JsonElement key, string name) => key.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    private static string Text(JsonElement key, string name) => key.GetProperty(name).GetString() ?? "";

    private static void Write(Utf8JsonWriter json, KeyOrder order)
    {
        KeyRequest key = order.Key;
        json.WriteStartObject();
        json.WriteString("name", key.Name);
        json.WriteString("organization", key.OrganizationId);
        WriteText("project", key.ProjectId);
        WriteText("member", key.MemberId);
        json.WriteString("kind", key.Kind == KeyKind.Admin ? "admin" : "api");
        WriteText("role", key.Role == Role.None ? "" : RoleNames.Of(key.Role));
        WriteText("tier", key.Tier == Tier.Free ? "" : key.Tier);
        WriteList("scopes", key.Scopes is { } scopes ? KeyScopeNames.Of(scopes) : []);
        WriteList("models", key.Models);
        WriteList("networks", key.Networks.Texts);
        if (key.ExpiresAt is { } expires)
        {
            json.WriteNumber("expires_at", expires.ToUnixTimeSeconds());
        }

        LimitsJson.Write(json, "limits", order.Limits);
        json.WriteEndObject();

        void WriteText(string name, string value)
        {
            if (value.Length > 0)
            {
                json.WriteString(name, value);
            }
        }

        void WriteList(string name, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
            {
                json.WriteStartArray(name);
                foreach (string value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }
        }
    }
}
