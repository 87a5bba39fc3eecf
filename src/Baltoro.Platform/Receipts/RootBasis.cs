namespace Baltoro.Platform.Receipts;

/// <summary>What the next root of an organization is made from.</summary>
/// <param name="Chains">Newest receipt of every node.</param>
/// <param name="Last">Newest root, or null.</param>
/// <param name="ReceiptsAfter">Ledger entry up to which settlements have no receipts.</param>
public sealed record RootBasis(IReadOnlyList<ChainHead> Chains, SignedRoot? Last, long ReceiptsAfter);
