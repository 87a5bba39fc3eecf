namespace Baltoro.Protocol.Admin;

/// <summary>A new organization, or its new name.</summary>
public sealed record OrganizationBody
{
    /// <summary>1 to 64 of a-z, 0-9, '-', '_'; only when it is made.</summary>
    public string? Id { get; init; }

    public string? Name { get; init; }
}
