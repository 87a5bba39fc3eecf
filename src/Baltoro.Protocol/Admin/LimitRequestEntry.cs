namespace Baltoro.Protocol.Admin;

/// <summary>A wish for other limits, and what became of it. Times are Unix seconds.</summary>
public sealed record LimitRequestEntry
{
    public string Object { get; init; } = "limit_request";

    public required string Id { get; init; }

    public required string Organization { get; init; }

    public required string RequestedBy { get; init; }

    public required string Reason { get; init; }

    public required LimitsBody Limits { get; init; }

    /// <summary><c>open</c>, <c>approved</c> or <c>denied</c>.</summary>
    public required string State { get; init; }

    public required long CreatedAt { get; init; }

    public string? DecidedBy { get; init; }

    public long? DecidedAt { get; init; }
}
