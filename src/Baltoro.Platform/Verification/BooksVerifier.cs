using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Verification;

/// <summary>
/// Proves invoice = receipts = ledger for every organization of a source, with nothing but the source, the trusted public keys
/// and the roots kept outside the database. Names the first thing that does not fit.
/// </summary>
/// <param name="source">A store or an export.</param>
/// <param name="trusted">Public keys by id.</param>
/// <param name="kept">Roots from outside the source.</param>
public sealed class BooksVerifier(
    IBookSource source, IReadOnlyDictionary<string, ReceiptPublicKey> trusted, IReadOnlyList<SignedRoot> kept)
{
    /// <summary>A server may write while it is checked; the check is repeated until it was not disturbed.</summary>
    private const int MostAttempts = 5;

    /// <summary>Checks every organization, those too that only the kept roots know.</summary>
    public async ValueTask<IReadOnlyList<BooksReport>> VerifyAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> stored = await source.ListOrganizationsAsync(cancellationToken).ConfigureAwait(false);
        List<BooksReport> reports = [];
        foreach (string organization in stored.Union(kept.Select(root => root.OrganizationId), StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            reports.Add(await VerifyAsync(organization, cancellationToken).ConfigureAwait(false));
        }

        return reports;
    }

    /// <summary>Checks one organization.</summary>
    public async ValueTask<BooksReport> VerifyAsync(string organizationId, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            (BooksReport report, bool wasDisturbed) = await VerifyOnceAsync(organizationId, cancellationToken).ConfigureAwait(false);
            if (report.IsSound || !wasDisturbed || attempt == MostAttempts)
            {
                return report;
            }
        }
    }

    private async ValueTask<(BooksReport Report, bool WasDisturbed)> VerifyOnceAsync(string organizationId, CancellationToken cancellationToken)
    {
        RootBasis basis = await source.ReadBasisAsync(organizationId, cancellationToken).ConfigureAwait(false);
        RootCheck roots = new(
            organizationId, await ListAsync(source.ReadRootsAsync(organizationId, cancellationToken)).ConfigureAwait(false),
            [.. kept.Where(root => root.OrganizationId == organizationId)], trusted);
        roots.Read();
        Book book = await source.ReadBookAsync(organizationId, cancellationToken).ConfigureAwait(false);
        ReceiptCheck receipts = new(organizationId, roots.ReceiptsAfter ?? basis.ReceiptsAfter);
        foreach (ChainHead chain in basis.Chains)
        {
            await foreach (StoredReceipt receipt in source.ReadReceiptsAsync(organizationId, chain.NodeId, cancellationToken).ConfigureAwait(false))
            {
                receipts.Add(chain.NodeId, receipt, book.Sequence);
            }
        }

        receipts.CheckHeads(basis.Chains);
        LedgerVerifier ledger = new(organizationId);
        Dictionary<int, Money> months = [];
        await foreach (LedgerEntry entry in source.ReadEntriesAsync(organizationId, book.Sequence, cancellationToken).ConfigureAwait(false))
        {
            ledger.Add([entry]);
            receipts.Add(entry);
            roots.Add(entry);
            if (entry.Kind is EntryKind.Post or EntryKind.LateCharge)
            {
                months[entry.Period] = months.GetValueOrDefault(entry.Period) + entry.Amount;
            }
        }

        receipts.Finish();
        roots.Finish(book, receipts);
        LedgerReport chained = ledger.Finish(book);
        Finding? finding = (chained.IsSound ? null : Of(chained)) ?? roots.Finding ?? receipts.OfChains ?? receipts.OfEntries ?? CompareStart(roots, basis)
            ?? CompareUse(
                months, await source.ReadUsageAsync(organizationId, cancellationToken).ConfigureAwait(false),
                (roots.ReceiptsAfter ?? basis.ReceiptsAfter) == 0 ? receipts.Counts : null);
        Book after = await source.ReadBookAsync(organizationId, cancellationToken).ConfigureAwait(false);
        return (
            new BooksReport
            {
                OrganizationId = organizationId,
                EntryCount = chained.EntryCount,
                ReceiptCount = receipts.Count,
                RootCount = roots.Count,
                SignedUntil = roots.SignedUntil,
                FirstBadEntry = finding?.Entry,
                FirstBad = finding?.What,
                Problem = finding?.Problem,
            },
            after.Sequence != book.Sequence);
    }

    private static Finding Of(LedgerReport report) => report.FirstBadSequence is { } sequence
        ? Finding.OfEntry(sequence, report.Problem ?? "")
        : new Finding("balances", report.Problem ?? "");

    /// <summary>The books say from which entry on settlements have receipts; the signed roots say it too.</summary>
    private static Finding? CompareStart(RootCheck roots, RootBasis basis) => roots.ReceiptsAfter is { } signed && signed != basis.ReceiptsAfter
        ? new Finding("book", $"its receipts begin after entry {basis.ReceiptsAfter}, the signed roots say {signed}")
        : null;

    /// <summary>
    /// The use that invoices are made of must charge what the ledger charged, month by month, and where every request has a receipt
    /// count the tokens, images and calls that the receipts count.
    /// </summary>
    private static Finding? CompareUse(
        Dictionary<int, Money> ledger, IReadOnlyList<UsageDay> use, IReadOnlyDictionary<int, UseCounts>? counts)
    {
        foreach (IGrouping<int, UsageDay> month in use.GroupBy(day => day.Day / 100).OrderBy(month => month.Key))
        {
            Money charged = month.Aggregate(Money.Zero, (sum, day) => sum + day.Charged);
            if (charged != ledger.GetValueOrDefault(month.Key))
            {
                return Differs(month.Key, $"the use charges ${charged}, receipts and ledger ${ledger.GetValueOrDefault(month.Key)}");
            }

            UseCounts counted = new(
                month.Sum(day => day.UncachedTokens + day.CachedTokens), month.Sum(day => day.CachedTokens), month.Sum(day => day.CompletionTokens),
                month.Sum(day => day.Images), month.Sum(day => day.Calls));
            if (counts is not null && counted != counts.GetValueOrDefault(month.Key))
            {
                return Differs(month.Key, $"the use counts {counted}, the receipts {counts.GetValueOrDefault(month.Key)}");
            }
        }

        int missing = ledger.Where(month => month.Value != Money.Zero).Select(month => month.Key).Except(use.Select(day => day.Day / 100)).Order().FirstOrDefault();
        return missing == 0 ? null : Differs(missing, $"the use charges nothing, receipts and ledger ${ledger[missing]}");

        static Finding Differs(int month, string problem) => new($"month {month}", problem);
    }

    private static async ValueTask<List<T>> ListAsync<T>(IAsyncEnumerable<T> source)
    {
        List<T> list = [];
        await foreach (T item in source.ConfigureAwait(false))
        {
            list.Add(item);
        }

        return list;
    }
}
