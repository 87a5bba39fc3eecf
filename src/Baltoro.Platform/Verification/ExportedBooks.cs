using System.Runtime.CompilerServices;
using System.Text.Json;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Platform.Verification;

/// <summary>
/// Books in a file of JSON lines: what the customer or an auditor needs to check them offline with the public key. A line of
/// type <c>book</c> begins an organization; <c>entry</c>, <c>receipt</c>, <c>root</c> and <c>usage</c> lines of it follow.
/// </summary>
public sealed class ExportedBooks : IBookSource
{
    private readonly Dictionary<string, ExportedBook> _books;

    private ExportedBooks(Dictionary<string, ExportedBook> books) => _books = books;

    /// <summary>Writes the books of a source; of all its organizations when none is named.</summary>
    public static async Task WriteAsync(IBookSource source, string? organizationId, TextWriter target, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> organizations = organizationId is null
            ? await source.ListOrganizationsAsync(cancellationToken).ConfigureAwait(false)
            : [organizationId];
        foreach (string organization in organizations)
        {
            ExportedBook book = await ExportedBook.CaptureAsync(source, organization, cancellationToken).ConfigureAwait(false);
            foreach (string line in ExportLines.Of(organization, book))
            {
                await target.WriteLineAsync(line.AsMemory(), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads an export.</summary>
    /// <exception cref="FormatException">A line is not of this form; the message names it.</exception>
    public static ExportedBooks Read(IEnumerable<string> lines)
    {
        Dictionary<string, ExportedBook> books = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                ExportLines.Add(books, document.RootElement);
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
            {
                throw new FormatException($"line {number} is no line of an export ({fault.Message})", fault);
            }
        }

        return new ExportedBooks(books);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListOrganizationsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. _books.Keys]);

    /// <inheritdoc/>
    public ValueTask<Book> ReadBookAsync(string organizationId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Of(organizationId).Book);

    /// <inheritdoc/>
    public IAsyncEnumerable<LedgerEntry> ReadEntriesAsync(string organizationId, long untilSequence, CancellationToken cancellationToken) =>
        StreamAsync(Of(organizationId).Entries, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<RootBasis> ReadBasisAsync(string organizationId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Of(organizationId).Basis);

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredReceipt> ReadReceiptsAsync(string organizationId, string nodeId, CancellationToken cancellationToken) =>
        StreamAsync(Of(organizationId).Receipts.Where(receipt => receipt.NodeId == nodeId), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<SignedRoot> ReadRootsAsync(string organizationId, CancellationToken cancellationToken) =>
        StreamAsync(Of(organizationId).Roots, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<UsageDay>> ReadUsageAsync(string organizationId, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<UsageDay>>(Of(organizationId).Usage);

    private ExportedBook Of(string organizationId) =>
        _books.GetValueOrDefault(organizationId) ?? ExportedBook.Empty(Book.Empty(organizationId), new RootBasis([], null, 0));

    private static async IAsyncEnumerable<T> StreamAsync<T>(IEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        foreach (T item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }
}
