namespace Baltoro.Protocol.Admin;

/// <summary>An organization. Times are Unix seconds.</summary>
public sealed record OrganizationEntry(string Id, string Name, long CreatedAt)
{
    public string Object { get; init; } = "organization";
}
