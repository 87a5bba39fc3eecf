namespace Baltoro.Platform.Audit;

/// <summary>One change by a person or a key: who did what to what, with the values before and after in <paramref name="Detail"/>.</summary>
public sealed record AuditEvent(string Id, long AtMs, string Actor, string Action, string OrganizationId, string Subject, string Detail);
