using Baltoro.Platform.Ledger;
using Baltoro.Platform.Receipts;

namespace Baltoro.Platform.Verification;

/// <summary>
/// Checks roots: signed by a trusted key, chained, and everything they hold is still there. Roots kept outside the database
/// count as much as those inside, so an end that was cut together with its roots is seen. Single use, one thread.
/// </summary>
internal sealed class RootCheck(
    string organizationId, IReadOnlyList<SignedRoot> stored, IReadOnlyList<SignedRoot> kept, IReadOnlyDictionary<string, ReceiptPublicKey> trusted)
{
    private readonly List<(ReceiptRoot Root, string Text)> _roots = [];
    private readonly Dictionary<long, ReadOnlyMemory<byte>> _entryHashes = [];

    public Finding? Finding { get; private set; }

    /// <summary>Ledger entry up to which settlements have no receipts, as signed; null without roots.</summary>
    public long? ReceiptsAfter => _roots.Count == 0 ? null : _roots[0].Root.ReceiptsAfter;

    public long Count => _roots.Count;

    /// <summary>Ledger entry that the newest root holds.</summary>
    public long SignedUntil => _roots.Count == 0 ? 0 : _roots.Max(signed => signed.Root.LedgerSequence);

    /// <summary>Reads and checks all roots by themselves.</summary>
    public void Read()
    {
        byte[] previous = new byte[32];
        long number = 0;
        foreach (SignedRoot signed in stored)
        {
            if (Check(signed) is not { } root)
            {
                return;
            }

            if (root.Number != ++number || !root.PreviousHash.Span.SequenceEqual(previous))
            {
                Finding = new Finding($"root {number}", $"it is missing or does not follow, found {root.Number}");
                return;
            }

            previous = SignedText.HashOf(signed.Text);
            _roots.Add((root, signed.Text));
        }

        ILookup<long, string> texts = _roots.ToLookup(known => known.Root.Number, known => known.Text);
        foreach (SignedRoot signed in kept)
        {
            if (Check(signed) is not { } root)
            {
                return;
            }

            if (!texts.Contains(root.Number))
            {
                _roots.Add((root, signed.Text));
            }
            else if (!texts[root.Number].Contains(signed.Text))
            {
                Finding = new Finding($"root {root.Number}", "another one of this number is kept outside the database");
                return;
            }
        }

        foreach ((ReceiptRoot root, _) in _roots)
        {
            _entryHashes[root.LedgerSequence] = default;
        }
    }

    /// <summary>Notes the hash of an entry that a root names.</summary>
    public void Add(LedgerEntry entry)
    {
        if (_entryHashes.ContainsKey(entry.Sequence))
        {
            _entryHashes[entry.Sequence] = entry.Hash;
        }
    }

    /// <summary>Compares the roots with ledger and receipts.</summary>
    public void Finish(Book book, ReceiptCheck receipts)
    {
        foreach ((ReceiptRoot root, string text) in _roots.OrderBy(signed => signed.Root.Number))
        {
            Finding ??= Compare(root, book, receipts);
            Finding ??= stored.Any(signed => signed.Text == text)
                ? null
                : new Finding($"root {root.Number}", "it is kept outside the database and missing in it");
        }
    }

    private Finding? Compare(ReceiptRoot root, Book book, ReceiptCheck receipts)
    {
        if (root.LedgerSequence > book.Sequence)
        {
            return Verification.Finding.OfEntry(
                book.Sequence + 1, $"it is missing: root {root.Number}, signed at {Time(root)}, holds {root.LedgerSequence} entries");
        }

        if (root.LedgerSequence > 0 && !_entryHashes[root.LedgerSequence].Span.SequenceEqual(root.LedgerHash.Span))
        {
            return Verification.Finding.OfEntry(
                root.LedgerSequence, $"it, or one before it, is not what root {root.Number}, signed at {Time(root)}, holds");
        }

        ChainHead? cut = root.Chains.FirstOrDefault(chain => !receipts.Has(chain));
        return cut is null
            ? null
            : new Finding(
                $"receipt {cut.NodeId}/{Math.Min(cut.Sequence, receipts.LengthOf(cut.NodeId) + 1)}", $"root {root.Number}, signed at {Time(root)}, holds another");
    }

    private ReceiptRoot? Check(SignedRoot signed)
    {
        ReceiptRoot? root = ReceiptRoot.Parse(signed.Text);
        string? problem =
            root is null || root.Number != signed.Number || root.OrganizationId != organizationId ? "its content is no root of this organization"
            : !trusted.TryGetValue(signed.KeyId, out ReceiptPublicKey? key) ? $"it is signed by {signed.KeyId}, which is none of the trusted keys"
            : !key.Verify(signed.Text, signed.Signature.Span) ? "its signature is wrong"
            : null;
        Finding = problem is null ? null : new Finding($"root {signed.Number}", problem);
        return problem is null ? root : null;
    }

    private static string Time(ReceiptRoot root) => $"{DateTimeOffset.FromUnixTimeMilliseconds(root.AtMs):u}";
}
