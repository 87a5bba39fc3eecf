using System.Text.Json;

namespace Baltoro.Protocol.Admin;

/// <summary>One change. Times are Unix seconds.</summary>
public sealed record AuditEntry
{
    public string Object { get; init; } = "audit_event";

    public required string Id { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>Key, or member with key, or <c>command line</c>.</summary>
    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string Organization { get; init; }

    /// <summary>What was changed.</summary>
    public required string Subject { get; init; }

    /// <summary>The HTTP request that asked for it.</summary>
    public string? RequestId { get; init; }

    /// <summary>Members that differ, as <c>before</c> and <c>after</c>; never a secret.</summary>
    public required JsonElement Detail { get; init; }
}
