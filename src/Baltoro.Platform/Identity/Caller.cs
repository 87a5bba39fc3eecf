namespace Baltoro.Platform.Identity;

/// <summary>Who sent a request.</summary>
public sealed record Caller(string KeyId, string OrganizationId, string Tier);
