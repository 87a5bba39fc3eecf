using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Tests.Simulation;

/// <summary>
/// Checks what the platform did from its outputs alone, with arithmetic of its own (decimals, whole lists, no code of the
/// machines): admissions against the tier's limits, charges against the price list, accounts against the entries.
/// </summary>
internal sealed class Auditor(LimitSet limits)
{
    private sealed record Seen(Reservation Held, long AtMs)
    {
        public bool IsOpen { get; set; } = true;

        public long Tokens { get; set; } = Held.LimitTokens;
    }

    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Requests that the platform admitted.</summary>
    public int AdmittedCount => _seen.Count;

    /// <summary>Called for every new admission: the limits must hold with it.</summary>
    public void Admitted(Reservation held, long nowMs)
    {
        Assert.True(_seen.TryAdd(held.RequestId, new Seen(held, nowMs)), $"request {held.RequestId} was admitted twice");
        List<Seen> minute = [.. _seen.Values.Where(seen => seen.AtMs > nowMs - 60_000 && seen.AtMs <= nowMs)];
        Assert.True(_seen.Values.Count(seen => seen.IsOpen) <= limits.Concurrency, "concurrency overshot");
        Assert.True(minute.Count <= limits.RequestsPerMinute, $"{minute.Count} requests in a minute");
        Assert.True(minute.Sum(seen => seen.Tokens) <= limits.TokensPerMinute, "tokens per minute overshot");
        DateTime day = DateTimeOffset.FromUnixTimeMilliseconds(nowMs).UtcDateTime.Date;
        long today = _seen.Values
            .Where(seen => DateTimeOffset.FromUnixTimeMilliseconds(seen.AtMs).UtcDateTime.Date == day).Sum(seen => seen.Tokens);
        Assert.True(today <= limits.TokensPerDay, $"{today} tokens in a day");
    }

    /// <summary>Called when a request ended; <paramref name="tokens"/> still count.</summary>
    public void Closed(string requestId, long tokens)
    {
        _seen[requestId].IsOpen = false;
        _seen[requestId].Tokens = tokens;
    }

    /// <summary>Whether the auditor thinks the request runs.</summary>
    public bool IsOpen(string requestId) => _seen.TryGetValue(requestId, out Seen? seen) && seen.IsOpen;

    /// <summary>Replays all entries of all organizations as plain sums and compares with reservations and prices.</summary>
    public static void CheckBooks(IReadOnlyList<LedgerEntry> entries, IReadOnlyCollection<Reservation> reservations)
    {
        foreach (IGrouping<string, LedgerEntry> book in entries.GroupBy(entry => entry.OrganizationId))
        {
            decimal cash = 0;
            decimal voucher = 0;
            foreach (LedgerEntry entry in book.OrderBy(entry => entry.Sequence))
            {
                decimal amount = entry.Amount.NanoUsd - entry.Released.NanoUsd;
                cash += Effect(entry, AccountKind.Cash, amount);
                voucher += Effect(entry, AccountKind.Voucher, amount);
                Assert.True(cash >= 0 && voucher >= 0, $"{book.Key}: entry {entry.Sequence} overdraws: cash {cash}, voucher {voucher}");
            }

            foreach (IGrouping<string, LedgerEntry> request in book.GroupBy(entry => entry.RequestId))
            {
                CheckRequest(request, reservations.FirstOrDefault(held => held.RequestId == request.Key));
            }
        }
    }

    private static decimal Effect(LedgerEntry entry, AccountKind kind, decimal free) =>
        entry.Debit == kind ? -free : entry.Credit == kind ? entry.Amount.NanoUsd : 0;

    private static void CheckRequest(IEnumerable<LedgerEntry> entries, Reservation? held)
    {
        if (held is null)
        {
            Assert.Single(entries);
            return;
        }

        int ends = entries.Where(entry => entry.Kind is EntryKind.Post or EntryKind.Void or EntryKind.Expire)
            .Select(entry => entry.Kind).Distinct().Count();
        Assert.True(ends == (held.State == ReservationState.Pending ? 0 : 1), $"request {held.RequestId} ended {ends} times");
        decimal charged = entries.Where(entry => entry.Kind is EntryKind.Post or EntryKind.LateCharge).Sum(entry => (decimal)entry.Amount.NanoUsd);
        decimal absorbed = entries.Where(entry => entry.Kind is EntryKind.Overrun).Sum(entry => (decimal)entry.Amount.NanoUsd);
        decimal reserved = entries.Where(entry => entry.Kind is EntryKind.Reserve).Sum(entry => (decimal)entry.Amount.NanoUsd);
        Assert.True(charged <= reserved, $"request {held.RequestId}: charged {charged} of {reserved} reserved");
        Assert.Equal(charged, held.Charged.NanoUsd);
        if (held.State == ReservationState.Posted)
        {
            TokenUsage usage = held.Usage;
            decimal list = ((usage.PromptTokens - usage.CachedTokens) * 1.40m) + (usage.CachedTokens * 1.40m) + (usage.CompletionTokens * 4.20m);
            Assert.Equal(list * 1_000m, charged + absorbed);
        }
    }
}
