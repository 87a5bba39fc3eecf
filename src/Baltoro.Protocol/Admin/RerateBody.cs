namespace Baltoro.Protocol.Admin;

/// <summary>A month to charge anew.</summary>
public sealed record RerateBody
{
    /// <summary>Such as 2026-11.</summary>
    public string? Month { get; init; }

    public string? PriceBook { get; init; }

    /// <summary>Discount schedule; the organization's without it.</summary>
    public string? Discount { get; init; }

    /// <summary>Whether the difference is posted; without it, it is only told.</summary>
    public bool? Apply { get; init; }
}
