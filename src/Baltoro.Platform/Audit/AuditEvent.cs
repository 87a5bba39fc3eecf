namespace Baltoro.Platform.Audit;

/// <summary>One change by a person or a key: who did what to what, with the values before and after in <paramref name="Detail"/>, never a secret.</summary>
public sealed record AuditEvent(string Id, long AtMs, string Actor, string Action, string OrganizationId, string Subject, string Detail)
{
    /// <summary>The HTTP request that asked for it; empty for the command line.</summary>
    public string RequestId { get; init; } = "";
}
