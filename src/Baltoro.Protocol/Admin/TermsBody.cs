namespace Baltoro.Protocol.Admin;

/// <summary>What is agreed with an organization.</summary>
public sealed record TermsBody
{
    public string Object { get; init; } = "terms";

    /// <summary>How far the balance may go below zero: postpaid.</summary>
    public long? CreditLimitNanoUsd { get; init; }

    /// <summary>Tier of all its keys; null: each key's own, raised by what is earned.</summary>
    public string? Tier { get; init; }

    public string? PriceBook { get; init; }

    public string? Discount { get; init; }

    public bool? Suspended { get; init; }
}
