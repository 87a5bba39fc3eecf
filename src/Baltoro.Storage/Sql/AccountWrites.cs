using System.Globalization;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Platform.Usage;

namespace Baltoro.Storage.Sql;

/// <summary>Turns a change into statements, in an order both databases accept.</summary>
internal static class AccountWrites
{
    /// <summary>Statements of one change to the account that <paramref name="view"/> showed.</summary>
    public static List<SqlWrite> Of(AccountView view, AccountChange change)
    {
        AccountState state = new();
        state.Add(view, change);
        return [.. Once(view, change), .. state.Writes()];
    }

    /// <summary>The rows a change adds or closes; what it only replaces is left to <see cref="AccountState"/>.</summary>
    public static List<SqlWrite> Once(AccountView view, AccountChange change)
    {
        List<SqlWrite> writes = [];
        string organization = view.Book.OrganizationId;
        foreach (LedgerEntry entry in change.Entries)
        {
            Add(AccountSql.WriteEntry, entry.OrganizationId, entry.Sequence, (long)entry.Kind, (long)entry.Debit, (long)entry.Credit,
                entry.Amount.NanoUsd, entry.Released.NanoUsd, (long)entry.Period, entry.AtMs, entry.RequestId, entry.Detail,
                entry.PreviousHash.ToArray(), entry.Hash.ToArray());
        }

        if (change.Reservation is Reservation reservation)
        {
            writes.Add(view.Reservation is null ? Insert(reservation) : Close(reservation));
        }

        if (change.Usage is UsageDay usage)
        {
            writes.Add(UsageWrite(usage));
        }

        if (change.Terms is AccountTerms terms)
        {
            Add(AccountSql.WriteTerms, organization, EntryHash.Origin.ToArray(), terms.CreditLimit.NanoUsd, terms.Tier, terms.PriceBook,
                terms.Discount, terms.IsSuspended ? 1L : 0L);
        }

        if (change.LimitsEpoch is string epoch)
        {
            Add(AccountSql.WriteEpoch, organization, EntryHash.Origin.ToArray(), epoch);
        }

        if (change.Idempotency is IdempotencyRecord record)
        {
            Add(AccountSql.WriteIdempotency, organization, record.Key, record.Fingerprint, record.Sequence, record.AtMs);
        }

        AddReceipts(writes, view, change);
        if (change.Audit is AuditEvent audit)
        {
            writes.Add(AuditWrite(audit));
        }

        return writes;

        void Add(string sql, params object?[] values) => writes.Add(new SqlWrite(sql, values));
    }

    private static void AddReceipts(List<SqlWrite> writes, AccountView view, AccountChange change)
    {
        string organization = view.Book.OrganizationId;
        if (change.Receipt is ChainedReceipt { Receipt: Receipt receipt } chained)
        {
            writes.Add(new SqlWrite(
                ReceiptSql.Write,
                [organization, receipt.NodeId, receipt.Sequence, receipt.RequestId, chained.Text, chained.Hash.ToArray()]));
        }

        if (change.Root is SignedRoot root)
        {
            writes.Add(new SqlWrite(
                ReceiptSql.WriteRoot, [organization, root.Number, view.Book.Sequence, root.Text, root.KeyId, root.Signature.ToArray()]));
        }
    }

    public static SqlWrite AuditWrite(AuditEvent audit) => new(
        AccountSql.WriteAudit,
        [audit.Id, audit.AtMs, audit.Actor, audit.Action, audit.OrganizationId, audit.Subject, audit.Detail, audit.RequestId]);

    public static SqlWrite LimitRequestWrite(LimitRequest request, int mostOpen) => new(
        AccountSql.AddLimitRequest,
        [
            request.Id, request.OrganizationId, request.RequestedBy, request.Reason, (long?)request.Limits.Concurrency,
            request.Limits.RequestsPerMinute, request.Limits.TokensPerMinute, request.Limits.TokensPerDay,
            request.Limits.Budget?.NanoUsd, (long)request.Limits.BudgetPeriod, (long)request.State, request.RequestedAtMs,
            request.DecidedBy, request.DecidedAtMs, (long)mostOpen,
        ]);

    private static SqlWrite Insert(Reservation held) => new(
        AccountSql.InsertReservation,
        [
            held.RequestId, held.OrganizationId, held.ProjectId, held.KeyId, held.Model, held.Tier, held.NodeId, held.Fingerprint,
            (long)held.State, held.PriceVersion, held.Price.InputNano, held.Price.CachedInputNano, held.Price.OutputNano,
            held.Price.ImageNano, held.Price.CallNano, held.Discount, (long)held.PromptTokens, (long)held.CompletionTokens,
            held.VoucherReserved.NanoUsd, held.CashReserved.NanoUsd, (long)held.Period, (long)held.Day, held.AdmittedAtMs,
            held.LeaseUntilMs, Takes(held.Takes), held.SettledAtMs, 0L, 0L, 0L, 0L, 0L, 0L, 0L,
        ]);

    private static SqlWrite Close(Reservation closed) => new(
        AccountSql.CloseReservation,
        [
            closed.RequestId, (long)closed.State, closed.SettledAtMs, (long)closed.Usage.PromptTokens, (long)closed.Usage.CachedTokens,
            (long)closed.Usage.CompletionTokens, (long)closed.Usage.ReasoningTokens, (long)closed.Usage.Images,
            (long)closed.Usage.Calls, closed.Charged.NanoUsd,
        ]);

    private static SqlWrite UsageWrite(UsageDay usage) => new(
        AccountSql.AddUsage,
        [
            usage.OrganizationId, (long)usage.Day, usage.ProjectId, usage.KeyId, usage.Model, usage.PriceVersion, usage.Requests,
            usage.UncachedTokens, usage.CachedTokens, usage.CompletionTokens, usage.ReasoningTokens, usage.Images, usage.Calls,
            usage.Input.NanoUsd, usage.CachedInput.NanoUsd, usage.Output.NanoUsd, (usage.ImageCost + usage.CallCost).NanoUsd,
            usage.Discount.NanoUsd, usage.Absorbed.NanoUsd, usage.ImageCost.NanoUsd,
        ]);

    private static string Takes(IReadOnlyList<ScopeTake> takes) => string.Join(
        '\n', takes.Select(take => string.Create(CultureInfo.InvariantCulture, $"{take.SlotMs} {take.Scope}")));
}
