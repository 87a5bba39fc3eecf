using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>One line of an invoice: what, how much of it, and its exact amount.</summary>
/// <param name="Model">Model id; empty for lines about the whole month.</param>
/// <param name="PriceVersion">Pinned price as <c>book/version</c>; empty for lines about the whole month.</param>
/// <param name="Kind">What is charged.</param>
/// <param name="Quantity">Tokens, images or calls.</param>
/// <param name="Amount">Exact; negative for discounts and credits.</param>
public sealed record InvoiceLine(string Model, string PriceVersion, InvoiceLineKind Kind, long Quantity, Money Amount);
