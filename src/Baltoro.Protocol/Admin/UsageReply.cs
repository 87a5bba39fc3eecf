namespace Baltoro.Protocol.Admin;

/// <summary>Use of an organization in a month.</summary>
public sealed record UsageReply(string Organization, string Month, string GroupBy, IReadOnlyList<UsageEntry> Data)
{
    public string Object { get; init; } = "usage";
}
