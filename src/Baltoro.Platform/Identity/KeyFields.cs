using System.Globalization;

namespace Baltoro.Platform.Identity;

/// <summary>What the audit log says of a key.</summary>
internal static class KeyFields
{
    public static (string Name, string? Value)[] Of(ApiKey key) =>
    [
        ("name", key.Name), ("kind", key.Kind == KeyKind.Admin ? "admin" : "api"), ("project", key.ProjectId), ("member", key.MemberId),
        ("tier", key.Tier), ("role", RoleNames.Of(key.Role)), ("scopes", string.Join(',', KeyScopeNames.Of(key.Scopes))),
        ("models", string.Join(',', key.Models)), ("networks", key.Networks.ToString()), ("expires_at", Text(key.ExpiresAt)),
        ("hint", key.Hint), ("previous_until", Text(key.PreviousUntil)),
    ];

    public static string? Text(DateTimeOffset? moment) => moment?.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
