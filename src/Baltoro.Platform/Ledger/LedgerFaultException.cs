namespace Baltoro.Platform.Ledger;

/// <summary>The stored books contradict themselves; nothing may be written before a person has looked.</summary>
public sealed class LedgerFaultException(string message) : Exception(message);
