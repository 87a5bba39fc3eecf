namespace Baltoro.Platform.Receipts;

/// <summary>A row of a chain as the database has it, not yet believed.</summary>
public sealed record StoredReceipt(string NodeId, long Sequence, string Text, ReadOnlyMemory<byte> Hash);
