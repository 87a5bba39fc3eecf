namespace Baltoro.Platform.Ledger;

/// <summary>What one entry shall say, before it gets its number, time and hash.</summary>
internal readonly record struct LedgerLine(
    EntryKind Kind, AccountKind Debit, AccountKind Credit, Money Amount, Money Released, int Period, string RequestId, string Detail);
