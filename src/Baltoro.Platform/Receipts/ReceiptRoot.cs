using System.Globalization;

namespace Baltoro.Platform.Receipts;

/// <summary>
/// How far an organization's ledger and receipts had come at a moment. Signed, chained and kept outside the database too, so
/// that a cut end is seen.
/// </summary>
/// <param name="Number">1, 2, 3 … within the organization.</param>
/// <param name="ReceiptsAfter">Settlements up to this ledger entry have no receipts; they are older than receipts are.</param>
/// <param name="LedgerSequence">Newest ledger entry.</param>
/// <param name="Chains">Newest receipt of every node, by node.</param>
/// <param name="PreviousHash">Hash of the root before it; 32 zero bytes for the first.</param>
public sealed record ReceiptRoot(
    string OrganizationId, long Number, long AtMs, long ReceiptsAfter, long LedgerSequence, ReadOnlyMemory<byte> LedgerHash,
    IReadOnlyList<ChainHead> Chains, ReadOnlyMemory<byte> PreviousHash)
{
    private const string Kind = "baltoro.root.1";
    private const string ChainName = "chain";

    /// <summary>Its signed form.</summary>
    public string ToText()
    {
        System.Text.StringBuilder text = SignedText.Begin(Kind)
            .Line("organization", OrganizationId)
            .Line("number", Number)
            .Line("at_ms", AtMs)
            .Line("receipts_after", ReceiptsAfter)
            .Line("ledger_sequence", LedgerSequence)
            .Line("ledger_hash", LedgerHash);
        foreach (ChainHead chain in Chains)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{ChainName}={SignedText.Escape(chain.NodeId)},{chain.Sequence},{Convert.ToHexStringLower(chain.Hash.Span)}\n");
        }

        return text.Line("previous", PreviousHash).ToString();
    }

    /// <summary>Reads a text; null when it is not exactly the text of a root.</summary>
    public static ReceiptRoot? Parse(string text)
    {
        if (SignedText.Read(Kind, text) is not { } lines)
        {
            return null;
        }

        try
        {
            Dictionary<string, string> values = lines.Where(line => line.Name != ChainName)
                .ToDictionary(line => line.Name, line => line.Value, StringComparer.Ordinal);
            ReceiptRoot root = new(
                SignedText.Unescape(values["organization"]), Number("number"), Number("at_ms"), Number("receipts_after"), Number("ledger_sequence"),
                Convert.FromHexString(values["ledger_hash"]), [.. lines.Where(line => line.Name == ChainName).Select(line => ChainOf(line.Value))],
                Convert.FromHexString(values["previous"]));
            return root.ToText() == text ? root : null;

            long Number(string name) => long.Parse(values[name], NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (Exception fault) when (fault is FormatException or KeyNotFoundException or OverflowException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static ChainHead ChainOf(string value)
    {
        string[] parts = value.Split(',');
        return new ChainHead(
            SignedText.Unescape(parts[0]), long.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture), Convert.FromHexString(parts[2]));
    }
}
