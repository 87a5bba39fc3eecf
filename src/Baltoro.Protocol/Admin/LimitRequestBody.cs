namespace Baltoro.Protocol.Admin;

/// <summary>A wish for other limits.</summary>
public sealed record LimitRequestBody
{
    public int? Concurrency { get; init; }

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? TokensPerDay { get; init; }

    public string? Reason { get; init; }
}
