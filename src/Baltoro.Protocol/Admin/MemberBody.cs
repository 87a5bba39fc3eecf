namespace Baltoro.Protocol.Admin;

/// <summary>A new member, or what changes of one.</summary>
public sealed record MemberBody
{
    /// <summary>Only when it is made.</summary>
    public string? Email { get; init; }

    public string? Name { get; init; }

    /// <summary><c>viewer</c>, <c>member</c>, <c>admin</c> or <c>owner</c>.</summary>
    public string? Role { get; init; }
}
