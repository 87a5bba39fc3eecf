namespace Baltoro.Platform.Ports;

/// <summary>Which keys to list, oldest first.</summary>
public sealed record KeyQuery
{
    /// <summary>Of one organization, or of all.</summary>
    public string? OrganizationId { get; init; }

    public string? ProjectId { get; init; }

    public string? MemberId { get; init; }

    /// <summary>Only keys after this one.</summary>
    public string? AfterId { get; init; }

    public int Limit { get; init; } = int.MaxValue;
}
