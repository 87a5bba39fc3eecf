namespace Baltoro.Protocol.Admin;

/// <summary>Limits set for an organization, a project or a key.</summary>
public sealed record LimitsEntry(string Organization, string Scope, LimitsBody Limits)
{
    public string Object { get; init; } = "limits";
}
