namespace Baltoro.Platform.Limits;

/// <summary>A member's wish for limits of the organization's own, and what became of it.</summary>
public sealed record LimitRequest
{
    public required string Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string RequestedBy { get; init; }

    public required string Reason { get; init; }

    public required LimitSet Limits { get; init; }

    public required LimitRequestState State { get; init; }

    public required long RequestedAtMs { get; init; }

    public string DecidedBy { get; init; } = "";

    public long DecidedAtMs { get; init; }
}
