namespace Baltoro.Platform.Identity;

/// <summary>Who sent a request.</summary>
public sealed record Caller(string KeyId, string OrganizationId, string Tier)
{
    /// <summary>Project of the key; empty for none.</summary>
    public string ProjectId { get; init; } = "";

    /// <summary>Member the key acts for; empty for none.</summary>
    public string MemberId { get; init; } = "";

    /// <summary>Role of the member the key acts for; null for none.</summary>
    public Role? MemberRole { get; init; }

    public KeyScopes Scopes { get; init; } = KeyScopeNames.DefaultOf(KeyKind.Api);

    /// <summary>What it may do through the admin API, beside its scopes.</summary>
    public Role Role { get; init; }

    /// <summary>Ids of the models it may use; empty for all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Networks it may be used from; empty for all.</summary>
    public NetworkList Networks { get; init; } = NetworkList.Empty;

    /// <summary>When its key ends; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The member, or else the key.</summary>
    public string Name => MemberId.Length > 0 ? $"{MemberId} with {KeyId}" : KeyId;

    public bool MayUse(string model) => Models.Count == 0 || Models.Contains(model);
}
