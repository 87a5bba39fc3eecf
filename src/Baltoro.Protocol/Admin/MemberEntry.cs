namespace Baltoro.Protocol.Admin;

/// <summary>A member. Times are Unix seconds.</summary>
public sealed record MemberEntry(string Id, string Organization, string Email, string Name, string Role, long CreatedAt)
{
    public string Object { get; init; } = "member";
}
