namespace Baltoro.Platform.Ledger;

/// <summary>Writes lines into a copy of a book: numbers them, stamps the time, chains the hashes. Single use, one thread.</summary>
internal sealed class LedgerPen(Book book, long nowMs)
{
    private readonly List<LedgerEntry> _entries = [];

    /// <summary>The book after all lines so far.</summary>
    public Book Book { get; private set; } = book;

    /// <summary>What was written.</summary>
    public IReadOnlyList<LedgerEntry> Entries => _entries;

    public void Write(LedgerLine line)
    {
        LedgerEntry open = new()
        {
            OrganizationId = Book.OrganizationId,
            Sequence = Book.Sequence + 1,
            Kind = line.Kind,
            Debit = line.Debit,
            Credit = line.Credit,
            Amount = line.Amount,
            Released = line.Released,
            Period = line.Period,
            AtMs = nowMs,
            RequestId = line.RequestId,
            Detail = line.Detail,
            PreviousHash = Book.Head,
            Hash = ReadOnlyMemory<byte>.Empty,
        };
        LedgerEntry entry = open with { Hash = EntryHash.Of(open) };
        Book = Book.Apply(entry);
        _entries.Add(entry);
    }
}
