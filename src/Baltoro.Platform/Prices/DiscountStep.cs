using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>From this much spend in a month on, each further dollar costs this many basis points less.</summary>
public readonly record struct DiscountStep(Money Above, int BasisPoints);
