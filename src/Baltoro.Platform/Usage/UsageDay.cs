using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>Settled use of one day of admission (UTC), per project, key, model and pinned price. Also the form in which one request is added.</summary>
public sealed record UsageDay
{
    public required string OrganizationId { get; init; }

    public required string ProjectId { get; init; }

    public required string KeyId { get; init; }

    public required string Model { get; init; }

    /// <summary>Pinned price as <c>book/version</c>.</summary>
    public required string PriceVersion { get; init; }

    /// <summary>Day as <c>yyyymmdd</c>.</summary>
    public required int Day { get; init; }

    public required long Requests { get; init; }

    /// <summary>Prompt tokens read anew; cached ones are apart.</summary>
    public required long UncachedTokens { get; init; }

    public required long CachedTokens { get; init; }

    /// <summary>Completion tokens, reasoning included.</summary>
    public required long CompletionTokens { get; init; }

    public required long ReasoningTokens { get; init; }

    /// <summary>Pictures and films in prompts, each one image.</summary>
    public required long Images { get; init; }

    public required long Calls { get; init; }

    public required Money Input { get; init; }

    public required Money CachedInput { get; init; }

    public required Money Output { get; init; }

    /// <summary>Cost of <see cref="Images"/>.</summary>
    public required Money ImageCost { get; init; }

    /// <summary>Cost of <see cref="Calls"/>.</summary>
    public required Money CallCost { get; init; }

    public required Money Discount { get; init; }

    /// <summary>Part above the reservation, paid by the operator.</summary>
    public required Money Absorbed { get; init; }

    /// <summary>Before discount.</summary>
    public Money Gross => Input + CachedInput + Output + ImageCost + CallCost;

    /// <summary>What was charged.</summary>
    public Money Charged => Gross - Discount - Absorbed;
}
