namespace Baltoro.Platform.Prices;

/// <summary>Prices of one book for a time. A later record for the same time wins; neither is ever edited.</summary>
/// <param name="Id">Unique within its book.</param>
/// <param name="ValidFrom">First moment the prices apply.</param>
/// <param name="ValidUntil">First moment they no longer apply; null for open end.</param>
/// <param name="RecordedAt">When the operator entered them (known-time of a bitemporal book).</param>
/// <param name="Models">Price per model id.</param>
public sealed record PriceVersion(
    string Id, DateTimeOffset ValidFrom, DateTimeOffset? ValidUntil, DateTimeOffset RecordedAt, IReadOnlyDictionary<string, ModelPrice> Models)
{
    /// <summary>Whether the prices apply at a moment.</summary>
    public bool IsValidAt(DateTimeOffset at) => ValidFrom <= at && (ValidUntil is null || at < ValidUntil);
}
