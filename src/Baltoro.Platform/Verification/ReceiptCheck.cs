using Baltoro.Platform.Ledger;
using Baltoro.Platform.Receipts;

namespace Baltoro.Platform.Verification;

/// <summary>
/// Checks the chains of receipts by themselves, then against the ledger: every charge, late charge, void and overrun stands in
/// exactly one receipt of the same request, month and amount. Single use, one thread.
/// </summary>
internal sealed class ReceiptCheck(string organizationId, long receiptsAfter)
{
    private readonly Dictionary<long, Receipt> _byFirstEntry = [];
    private readonly Dictionary<(string Node, long Sequence), ReadOnlyMemory<byte>> _hashes = [];
    private readonly Dictionary<string, ChainHead> _heads = new(StringComparer.Ordinal);
    private Receipt? _open;
    private Money _charged;
    private Money _absorbed;

    /// <summary>First finding in the chains.</summary>
    public Finding? OfChains { get; private set; }

    /// <summary>First finding between receipts and ledger.</summary>
    public Finding? OfEntries { get; private set; }

    public long Count { get; private set; }

    /// <summary>Counts of every month, up to the entry that is checked.</summary>
    public Dictionary<int, UseCounts> Counts { get; } = [];

    /// <summary>Adds the next receipt of a chain.</summary>
    public void Add(string nodeId, StoredReceipt row, long untilEntry)
    {
        ChainHead head = _heads.GetValueOrDefault(nodeId) ?? ChainHead.Empty(nodeId);
        if (OfChains is not null)
        {
            return;
        }

        string what = $"receipt {nodeId}/{head.Sequence + 1}";
        Receipt? receipt = ReceiptText.Parse(row.Text);
        byte[] hash = SignedText.HashOf(row.Text);
        string? problem =
            row.Sequence != head.Sequence + 1 ? $"it is missing, found {row.Sequence}"
            : !hash.AsSpan().SequenceEqual(row.Hash.Span) ? "its content does not have its hash"
            : receipt is null ? "its content is no receipt"
            : receipt.OrganizationId != organizationId || receipt.NodeId != nodeId || receipt.Sequence != row.Sequence ? "it belongs elsewhere"
            : !receipt.PreviousHash.Span.SequenceEqual(head.Hash.Span) ? "it does not name the hash of the receipt before it"
            : receipt.Gross - receipt.Discount - receipt.Absorbed != receipt.Charged ? "its amounts do not add up"
            : null;
        if (problem is not null || receipt is null)
        {
            OfChains = new Finding(what, problem ?? "its content is no receipt", receipt?.FirstEntry);
            return;
        }

        Count++;
        _heads[nodeId] = new ChainHead(nodeId, row.Sequence, hash);
        _hashes[(nodeId, row.Sequence)] = hash;
        if (receipt.FirstEntry <= untilEntry)
        {
            UseCounts sum = Counts.GetValueOrDefault(receipt.Period);
            Counts[receipt.Period] = new UseCounts(
                sum.Prompt + receipt.Usage.PromptTokens, sum.Cached + receipt.Usage.CachedTokens, sum.Completion + receipt.Usage.CompletionTokens,
                sum.Images + receipt.Usage.Images, sum.Calls + receipt.Usage.Calls);
        }

        if (receipt.FirstEntry <= untilEntry && !_byFirstEntry.TryAdd(receipt.FirstEntry, receipt))
        {
            OfChains = new Finding(what, $"entry {receipt.FirstEntry} has another receipt too", receipt.FirstEntry);
        }
    }

    /// <summary>The chains must have come at least as far as the stored heads.</summary>
    public void CheckHeads(IEnumerable<ChainHead> stored)
    {
        foreach (ChainHead head in stored)
        {
            OfChains ??= !Has(head)
                ? new Finding($"receipt {head.NodeId}/{head.Sequence}", "it is missing or not the one that the stored head names")
                : null;
        }
    }

    /// <summary>Whether a chain has this receipt at this place.</summary>
    public bool Has(ChainHead head) =>
        head.Sequence == 0 || (_hashes.TryGetValue((head.NodeId, head.Sequence), out ReadOnlyMemory<byte> hash) && hash.Span.SequenceEqual(head.Hash.Span));

    /// <summary>How far a chain goes.</summary>
    public long LengthOf(string nodeId) => _heads.GetValueOrDefault(nodeId)?.Sequence ?? 0;

    /// <summary>Adds the next ledger entry.</summary>
    public void Add(LedgerEntry entry)
    {
        if (OfEntries is not null)
        {
            return;
        }

        if (_open is null && _byFirstEntry.Remove(entry.Sequence, out _open))
        {
            _charged = Money.Zero;
            _absorbed = Money.Zero;
        }

        bool isSettlement = entry.Kind is EntryKind.Post or EntryKind.LateCharge or EntryKind.Void or EntryKind.Overrun;
        if (_open is null)
        {
            OfEntries = isSettlement && entry.Sequence > receiptsAfter ? Finding.OfEntry(entry.Sequence, "it settles a request and has no receipt") : null;
            return;
        }

        string name = $"receipt {_open.NodeId}/{_open.Sequence}";
        _charged += entry.Kind is EntryKind.Post or EntryKind.LateCharge ? entry.Amount : Money.Zero;
        _absorbed += entry.Kind == EntryKind.Overrun ? entry.Amount : Money.Zero;
        OfEntries = !isSettlement || entry.RequestId != _open.RequestId || entry.Period != _open.Period
            ? new Finding(name, $"entry {entry.Sequence} is not of its request and month", entry.Sequence)
            : null;
        if (entry.Sequence >= _open.LastEntry)
        {
            OfEntries ??=
                _charged != _open.Charged || _absorbed != _open.Absorbed
                ? new Finding(name, $"it says ${_open.Charged}, the ledger ${_charged}", entry.Sequence)
                : entry.Sequence != _open.LastEntry || !entry.Hash.Span.SequenceEqual(_open.EntryHash.Span)
                ? new Finding(name, $"it does not name the hash of entry {entry.Sequence}", entry.Sequence)
                : null;
            _open = null;
        }
    }

    /// <summary>All receipts must have met their entries.</summary>
    public void Finish()
    {
        if (OfEntries is null && (_open ?? _byFirstEntry.Values.MinBy(receipt => receipt.FirstEntry)) is { } left)
        {
            OfEntries = new Finding(
                $"receipt {left.NodeId}/{left.Sequence}", $"the ledger has no entries {left.FirstEntry} to {left.LastEntry}", left.FirstEntry);
        }
    }
}
