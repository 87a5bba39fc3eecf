namespace Baltoro.Protocol.Admin;

/// <summary>Limits set for an organization, a project or a key.</summary>
public sealed record LimitsEntry(string Organization, string Scope, LimitsBody Limits)
{
    public string Object { get; init; } = "limits";

    /// <summary>Limits that were approved for the organization, in place of its tier's; left out where none were, and for projects and keys.</summary>
    public LimitsBody? Approved { get; init; }
}
