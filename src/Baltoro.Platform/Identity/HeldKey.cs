namespace Baltoro.Platform.Identity;

/// <summary>A key with what its check needs of others.</summary>
/// <param name="Key">The key.</param>
/// <param name="MemberRole">Role of its member now; null when it has none, or the member is gone.</param>
/// <param name="IsProjectArchived">Whether its project takes no more requests.</param>
public sealed record HeldKey(ApiKey Key, Role? MemberRole, bool IsProjectArchived);
