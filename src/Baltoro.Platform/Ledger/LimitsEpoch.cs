namespace Baltoro.Platform.Ledger;

/// <summary>
/// Who counts an account's rate limits: a rebuild of shared counters, named by its own id, or the ledger's store. Written with
/// the account, so that exactly one of them is believed at any moment.
/// </summary>
internal static class LimitsEpoch
{
    private const string LedgerPrefix = "ledger:";

    /// <summary>Whether the ledger's store counts.</summary>
    public static bool IsLedger(string epoch) => epoch.StartsWith(LedgerPrefix, StringComparison.Ordinal);

    /// <summary>A new rebuild of shared counters.</summary>
    public static string NewShared() => Guid.NewGuid().ToString("N");

    /// <summary>A new rebuild of the ledger's own counters.</summary>
    public static string NewLedger() => LedgerPrefix + Guid.NewGuid().ToString("N");
}
