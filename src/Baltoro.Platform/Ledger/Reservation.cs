using Baltoro.Platform.Limits;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Ledger;

/// <summary>One admitted request: what was taken for it, and after settlement what it used. Stored, found by its request id.</summary>
public sealed record Reservation
{
    public required string RequestId { get; init; }

    public required string OrganizationId { get; init; }

    public string ProjectId { get; init; } = "";

    public required string KeyId { get; init; }

    public required string Model { get; init; }

    /// <summary>Tier whose limits and price book applied.</summary>
    public required string Tier { get; init; }

    /// <summary>Name of the process that holds it.</summary>
    public required string NodeId { get; init; }

    /// <summary>What the caller says identifies the request's content; a repeat with another one is refused.</summary>
    public required string Fingerprint { get; init; }

    public required ReservationState State { get; init; }

    /// <summary>Price version, pinned at admission, as <c>book/version</c>.</summary>
    public required string PriceVersion { get; init; }

    /// <summary>The pinned prices themselves, so that a later edit of the book cannot reach this request.</summary>
    public required ModelPrice Price { get; init; }

    /// <summary>Name of the pinned discount schedule.</summary>
    public required string Discount { get; init; }

    public required int PromptTokens { get; init; }

    /// <summary>Completion tokens granted: the caller's budget, or less when money buys less.</summary>
    public required int CompletionTokens { get; init; }

    public required Money VoucherReserved { get; init; }

    public required Money CashReserved { get; init; }

    /// <summary>Month of admission as <c>yyyymm</c>; the request is charged in it whenever it ends.</summary>
    public required int Period { get; init; }

    /// <summary>Day of admission (UTC) as <c>yyyymmdd</c>.</summary>
    public required int Day { get; init; }

    public required long AdmittedAtMs { get; init; }

    /// <summary>When it expires unless renewed.</summary>
    public required long LeaseUntilMs { get; init; }

    /// <summary>Counters it was taken from.</summary>
    public required IReadOnlyList<ScopeTake> Takes { get; init; }

    public long SettledAtMs { get; init; }

    /// <summary>What it used; zero until posted.</summary>
    public TokenUsage Usage { get; init; }

    /// <summary>What was charged; zero until posted.</summary>
    public Money Charged { get; init; }

    /// <summary>Tokens that admission took from the limits.</summary>
    public int LimitTokens => checked(PromptTokens + CompletionTokens);

    /// <summary>Money that admission reserved.</summary>
    public Money Reserved => VoucherReserved + CashReserved;
}
