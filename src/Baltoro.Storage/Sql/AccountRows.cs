using System.Data.Common;
using System.Globalization;
using Baltoro.Platform.Audit;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Limits;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Prices;
using Baltoro.Platform.Usage;

namespace Baltoro.Storage.Sql;

/// <summary>Rows to records, in the column order of <see cref="AccountSql"/>.</summary>
internal static class AccountRows
{
    public static AccountTerms? Terms(DbDataReader row) => row.IsDBNull(3) ? null : new AccountTerms
    {
        CreditLimit = new Money(row.GetInt64(3)),
        Tier = Text(row, 4),
        PriceBook = Text(row, 5),
        Discount = row.GetString(6),
        IsSuspended = row.GetInt64(7) != 0,
    };

    public static AccountBalance Balance(DbDataReader row) => new(
        new Money(row.GetInt64(1)), new Money(row.GetInt64(2)), new Money(row.GetInt64(3)), new Money(row.GetInt64(4)));

    public static Scope Scope(DbDataReader row) => new()
    {
        Name = row.GetString(0),
        Custom = Limits(row, 1),
        Running = row.GetInt32(7),
        Slots = SlotBlob.Read(row.GetFieldValue<byte[]>(8)),
        Day = row.GetInt32(9),
        DayTokens = row.GetInt64(10),
        BudgetPeriod = row.GetInt32(11),
        BudgetUsed = new Money(row.GetInt64(12)),
    };

    public static Reservation Reservation(DbDataReader row) => new()
    {
        RequestId = row.GetString(0),
        OrganizationId = row.GetString(1),
        ProjectId = row.GetString(2),
        KeyId = row.GetString(3),
        Model = row.GetString(4),
        Tier = row.GetString(5),
        NodeId = row.GetString(6),
        Fingerprint = row.GetString(7),
        State = (ReservationState)row.GetInt32(8),
        PriceVersion = row.GetString(9),
        Price = new ModelPrice(row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13), row.GetInt64(14)),
        Discount = row.GetString(15),
        PromptTokens = row.GetInt32(16),
        CompletionTokens = row.GetInt32(17),
        VoucherReserved = new Money(row.GetInt64(18)),
        CashReserved = new Money(row.GetInt64(19)),
        Period = row.GetInt32(20),
        Day = row.GetInt32(21),
        AdmittedAtMs = row.GetInt64(22),
        LeaseUntilMs = row.GetInt64(23),
        Takes = Takes(row.GetString(24)),
        SettledAtMs = row.GetInt64(25),
        Usage = new TokenUsage(
            row.GetInt32(26), row.GetInt32(27), row.GetInt32(28), row.GetInt32(29), row.GetInt32(30), row.GetInt32(31)),
        Charged = new Money(row.GetInt64(32)),
    };

    public static LedgerEntry Entry(DbDataReader row) => new()
    {
        OrganizationId = row.GetString(0),
        Sequence = row.GetInt64(1),
        Kind = (EntryKind)row.GetInt32(2),
        Debit = (AccountKind)row.GetInt32(3),
        Credit = (AccountKind)row.GetInt32(4),
        Amount = new Money(row.GetInt64(5)),
        Released = new Money(row.GetInt64(6)),
        Period = row.GetInt32(7),
        AtMs = row.GetInt64(8),
        RequestId = row.GetString(9),
        Detail = row.GetString(10),
        PreviousHash = row.GetFieldValue<byte[]>(11),
        Hash = row.GetFieldValue<byte[]>(12),
    };

    public static UsageDay Usage(DbDataReader row) => new()
    {
        OrganizationId = row.GetString(0),
        Day = row.GetInt32(1),
        ProjectId = row.GetString(2),
        KeyId = row.GetString(3),
        Model = row.GetString(4),
        PriceVersion = row.GetString(5),
        Requests = row.GetInt64(6),
        UncachedTokens = row.GetInt64(7),
        CachedTokens = row.GetInt64(8),
        CompletionTokens = row.GetInt64(9),
        ReasoningTokens = row.GetInt64(10),
        Images = row.GetInt64(11),
        Calls = row.GetInt64(12),
        Input = new Money(row.GetInt64(13)),
        CachedInput = new Money(row.GetInt64(14)),
        Output = new Money(row.GetInt64(15)),
        ImageCost = new Money(row.GetInt64(19)),
        CallCost = new Money(row.GetInt64(16) - row.GetInt64(19)),
        Discount = new Money(row.GetInt64(17)),
        Absorbed = new Money(row.GetInt64(18)),
    };

    public static IdempotencyRecord Idempotency(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3));

    public static AuditEvent Audit(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6))
    {
        RequestId = row.GetString(7),
    };

    public static LimitRequest LimitRequest(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        OrganizationId = row.GetString(1),
        RequestedBy = row.GetString(2),
        Reason = row.GetString(3),
        Limits = Limits(row, 4),
        State = (LimitRequestState)row.GetInt32(10),
        RequestedAtMs = row.GetInt64(11),
        DecidedBy = row.GetString(12),
        DecidedAtMs = row.GetInt64(13),
    };

    private static LimitSet Limits(DbDataReader row, int at) => new()
    {
        Concurrency = (int?)Number(row, at),
        RequestsPerMinute = Number(row, at + 1),
        TokensPerMinute = Number(row, at + 2),
        TokensPerDay = Number(row, at + 3),
        Budget = Number(row, at + 4) is long nano ? new Money(nano) : null,
        BudgetPeriod = (BudgetPeriod)row.GetInt32(at + 5),
    };

    private static List<ScopeTake> Takes(string text)
    {
        List<ScopeTake> takes = [];
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int split = line.IndexOf(' ', StringComparison.Ordinal);
            takes.Add(new ScopeTake(line[(split + 1)..], long.Parse(line.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture)));
        }

        return takes;
    }

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
