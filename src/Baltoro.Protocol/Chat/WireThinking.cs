namespace Baltoro.Protocol.Chat;

/// <summary>The <c>thinking</c> object as sent.</summary>
/// <param name="Type">Value of <c>type</c>, or null.</param>
/// <param name="UnknownMembers">Other members; the platform profile refuses them.</param>
public sealed record WireThinking(string? Type, IReadOnlyList<string> UnknownMembers);
