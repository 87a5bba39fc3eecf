using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Receipts;

/// <summary>Makes receipts and roots, pure.</summary>
internal static class ReceiptMachine
{
    /// <summary>The receipt of a settlement whose ledger entries are <paramref name="entries"/>.</summary>
    public static ChainedReceipt Write(
        AccountView view, string nodeId, Reservation closed, IReadOnlyList<LedgerEntry> entries, CostBreakdown cost, Money discount, ReceiptOutcome outcome)
    {
        ChainHead head = view.Receipts ?? ChainHead.Empty(nodeId);
        return ChainedReceipt.Of(new Receipt
        {
            OrganizationId = closed.OrganizationId,
            NodeId = nodeId,
            Sequence = head.Sequence + 1,
            RequestId = closed.RequestId,
            ProjectId = closed.ProjectId,
            KeyId = closed.KeyId,
            Model = closed.Model,
            PriceVersion = closed.PriceVersion,
            Outcome = outcome,
            Usage = closed.Usage,
            Gross = cost.Gross,
            Discount = discount,
            Absorbed = cost.Gross - discount - closed.Charged,
            Charged = closed.Charged,
            Period = closed.Period,
            AdmittedAtMs = closed.AdmittedAtMs,
            SettledAtMs = closed.SettledAtMs,
            FirstEntry = entries[0].Sequence,
            LastEntry = entries[^1].Sequence,
            EntryHash = entries[^1].Hash,
            PreviousHash = head.Hash,
        });
    }

    /// <summary>The next root, or null when nothing was written since the last one.</summary>
    public static SignedRoot? Close(AccountView view, ReceiptKey key)
    {
        RootBasis basis = view.Roots ?? new RootBasis([], null, 0);
        ReceiptRoot? last = basis.Last is { } signed ? ReceiptRoot.Parse(signed.Text) : null;
        if (basis.Last is not null && last is null)
        {
            throw new LedgerFaultException($"root {basis.Last.OrganizationId}/{basis.Last.Number} is not readable; run ledger verify");
        }

        if (view.Book.Sequence == (last?.LedgerSequence ?? 0))
        {
            return null;
        }

        ReceiptRoot root = new(
            view.Book.OrganizationId, (last?.Number ?? 0) + 1, view.NowMs, basis.ReceiptsAfter, view.Book.Sequence, view.Book.Head, basis.Chains,
            basis.Last is null ? new byte[32] : SignedText.HashOf(basis.Last.Text));
        string text = root.ToText();
        return new SignedRoot(root.OrganizationId, root.Number, text, key.PublicKey.Id, key.Sign(text));
    }
}
