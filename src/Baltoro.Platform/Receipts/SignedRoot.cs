namespace Baltoro.Platform.Receipts;

/// <summary>A root's text with its signature.</summary>
/// <param name="OrganizationId">Whose.</param>
/// <param name="Number">Its number, as in the text.</param>
/// <param name="Text">See <see cref="ReceiptRoot.ToText"/>.</param>
/// <param name="KeyId">Key that signed.</param>
/// <param name="Signature">Ed25519 over the text's UTF-8 bytes.</param>
public sealed record SignedRoot(string OrganizationId, long Number, string Text, string KeyId, ReadOnlyMemory<byte> Signature);
