namespace Baltoro.Platform.Receipts;

/// <summary>A receipt with its signature.</summary>
/// <param name="Text">See <see cref="ReceiptText"/>.</param>
/// <param name="KeyId">Key that signed.</param>
/// <param name="Signature">Ed25519 over the text's UTF-8 bytes.</param>
public sealed record SignedReceipt(Receipt Receipt, string Text, string KeyId, ReadOnlyMemory<byte> Signature);
