namespace Baltoro.Platform.Ledger;

/// <summary>Replays a chain of entries in order and names the first one that does not fit. Single use, one thread.</summary>
public sealed class LedgerVerifier(string organizationId)
{
    private Book _book = Book.Empty(organizationId);
    private LedgerReport? _failure;

    /// <summary>Checks the next entries; after a failure the rest is ignored.</summary>
    public void Add(IEnumerable<LedgerEntry> entries)
    {
        foreach (LedgerEntry entry in entries)
        {
            if (_failure is not null)
            {
                return;
            }

            Check(entry);
        }
    }

    /// <summary>Compares the replayed book with the stored one and reports.</summary>
    public LedgerReport Finish(Book stored)
    {
        if (_failure is not null)
        {
            return _failure;
        }

        if (stored.Sequence != _book.Sequence || !stored.Head.Span.SequenceEqual(_book.Head.Span))
        {
            return Fail(
                Math.Min(stored.Sequence, _book.Sequence) + 1, $"the stored head is entry {stored.Sequence}, the chain ends at {_book.Sequence}");
        }

        foreach (AccountKind kind in Enum.GetValues<AccountKind>())
        {
            if (stored[kind] != _book[kind])
            {
                return new LedgerReport(
                    organizationId, _book.Sequence, null, $"stored balance of {kind} is {stored[kind]}, the entries give {_book[kind]}");
            }
        }

        return new LedgerReport(organizationId, _book.Sequence, null, null);
    }

    private void Check(LedgerEntry entry)
    {
        long expected = _book.Sequence + 1;
        if (entry.Sequence != expected)
        {
            _failure = Fail(expected, $"entry {expected} is missing, found {entry.Sequence}");
        }
        else if (!entry.PreviousHash.Span.SequenceEqual(_book.Head.Span))
        {
            _failure = Fail(expected, "it does not name the hash of the entry before it");
        }
        else if (!EntryHash.Of(entry).AsSpan().SequenceEqual(entry.Hash.Span))
        {
            _failure = Fail(expected, "its content does not have its hash");
        }
        else
        {
            try
            {
                _book = _book.Apply(entry);
            }
            catch (LedgerFaultException fault)
            {
                _failure = Fail(expected, fault.Message);
            }
        }
    }

    private LedgerReport Fail(long sequence, string problem) => new(organizationId, _book.Sequence, sequence, problem);
}
