using Baltoro.Platform.Idempotency;
using Baltoro.Platform.Identity;
using Baltoro.Platform.Ports;
using Baltoro.Platform.Receipts;
using Baltoro.Storage.Files;
using Baltoro.Storage.Sql;

namespace Baltoro.Storage;

/// <summary>What an open store keeps about money besides accounts. Keys are made when they are first needed.</summary>
public sealed class PlatformMoney
{
    private readonly DataDirectory _directory;

    internal PlatformMoney(ISqlRunner sql, KeyPepper pepper, DataDirectory directory, TimeProvider clock)
    {
        _directory = directory;
        Responses = new KeptResponses(new SqlResponseStore(sql), pepper, clock);
        Receipts = new SqlReceiptStore(sql);
        Vouchers = new SqlVoucherStore(sql);
        PaymentEvents = new SqlPaymentEventStore(sql);
        Prices = new SqlPriceStore(sql);
        RootLog = new RootLogFile(directory.RootLogFile);
        Journal = new SettlementJournalFile(directory.SettlementJournalFile);
    }

    /// <summary>Answers kept for repeats of their request.</summary>
    public KeptResponses Responses { get; }

    public IReceiptStore Receipts { get; }

    /// <summary>Roots outside the database.</summary>
    public IRootLog RootLog { get; }

    public IVoucherStore Vouchers { get; }

    /// <summary>Whose each event of a payment provider is.</summary>
    public IPaymentEventStore PaymentEvents { get; }

    /// <summary>Prices and discounts that the operator added.</summary>
    public IPriceStore Prices { get; }

    /// <summary>Settlements that the store has not taken yet.</summary>
    public ISettlementJournal Journal { get; }

    /// <summary>The key that signs this node's receipts; the caller disposes it.</summary>
    /// <exception cref="StorageException">Its file cannot be used.</exception>
    public ReceiptKey OpenReceiptKey() => ReceiptKeyFile.OpenOrCreate(_directory);
}
