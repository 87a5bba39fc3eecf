namespace Baltoro.Protocol.Admin;

/// <summary>A project. Times are Unix seconds.</summary>
public sealed record ProjectEntry(string Id, string Organization, string Name, long CreatedAt, long? ArchivedAt)
{
    public string Object { get; init; } = "project";
}
