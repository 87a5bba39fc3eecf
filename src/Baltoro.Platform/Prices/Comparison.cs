using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Prices;

/// <summary>The same request on another vendor's model.</summary>
/// <param name="InputSavedPercent">How much less a prompt token costs here, in percent, rounded half to even.</param>
/// <param name="OutputSavedPercent">How much less a completion token costs here.</param>
public sealed record Comparison(string Model, Money LargestCost, int InputSavedPercent, int OutputSavedPercent);
