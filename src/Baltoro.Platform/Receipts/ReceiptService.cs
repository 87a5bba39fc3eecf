using Baltoro.Platform.Ports;

namespace Baltoro.Platform.Receipts;

/// <summary>Hands out signed receipts and closes chains with signed roots. Safe for concurrent use.</summary>
public sealed class ReceiptService(IAccountStore accounts, IReceiptStore receipts, ReceiptKey key, IRootLog log)
{
    private const int CloseBatch = 500;

    /// <summary>The key that checks what this node signs.</summary>
    public ReceiptPublicKey PublicKey => key.PublicKey;

    /// <summary>A receipt of this organization by its id, signed; null when there is none (yet).</summary>
    public async ValueTask<SignedReceipt?> FindAsync(string organizationId, string id, CancellationToken cancellationToken)
    {
        if (Receipt.RequestOf(id) is not { } requestId
            || await receipts.FindAsync(organizationId, requestId, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return null;
        }

        // A row that was tampered with is not signed: its text must have its hash and say what it is filed under.
        bool isSound = SignedText.HashOf(stored.Text).AsSpan().SequenceEqual(stored.Hash.Span);
        return isSound && ReceiptText.Parse(stored.Text) is { } receipt && receipt.RequestId == requestId && receipt.OrganizationId == organizationId
            ? new SignedReceipt(receipt, stored.Text, key.PublicKey.Id, key.Sign(stored.Text))
            : throw new Ledger.LedgerFaultException($"receipt {id}: its row was changed; run ledger verify");
    }

    /// <summary>The newest root of an organization; null before the first.</summary>
    public async ValueTask<SignedRoot?> LastRootAsync(string organizationId, CancellationToken cancellationToken) =>
        (await receipts.BasisAsync(organizationId, cancellationToken).ConfigureAwait(false)).Last;

    /// <summary>Closes what has gone on since the last roots; returns how many roots were written. Run every minute and at the end.</summary>
    public async ValueTask<int> CloseAsync(CancellationToken cancellationToken)
    {
        int closed = 0;
        IReadOnlyList<string> open = await receipts.ListUnrootedAsync(CloseBatch, cancellationToken).ConfigureAwait(false);
        foreach (string organization in open)
        {
            SignedRoot? root = await accounts.TransactAsync(
                new AccountQuery(organization, ForRoot: true),
                view => ReceiptMachine.Close(view, key) is { } next
                    ? new AccountDecision<SignedRoot?>(next, new AccountChange { Root = next })
                    : AccountDecision<SignedRoot?>.Unchanged(null),
                cancellationToken).ConfigureAwait(false);
            if (root is not null)
            {
                log.Append(root);
                closed++;
            }
        }

        return closed;
    }
}
