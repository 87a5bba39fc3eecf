namespace Baltoro.Platform.Receipts;

/// <summary>A receipt as it is stored: its text and the text's hash, which the next one of its chain carries.</summary>
public sealed record ChainedReceipt(Receipt Receipt, string Text, ReadOnlyMemory<byte> Hash)
{
    /// <summary>Text and hash of a receipt.</summary>
    public static ChainedReceipt Of(Receipt receipt)
    {
        string text = ReceiptText.Of(receipt);
        return new ChainedReceipt(receipt, text, SignedText.HashOf(text));
    }
}
