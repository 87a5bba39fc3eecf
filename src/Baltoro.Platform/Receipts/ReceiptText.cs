using System.Globalization;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Prices;

namespace Baltoro.Platform.Receipts;

/// <summary>The signed form of a receipt; see <see cref="SignedText"/>. It is stored as it is, so nothing has to be rebuilt to check it.</summary>
public static class ReceiptText
{
    private const string Kind = "baltoro.receipt.1";

    /// <summary>The text of a receipt.</summary>
    public static string Of(Receipt receipt) => SignedText.Begin(Kind)
        .Line("organization", receipt.OrganizationId)
        .Line("node", receipt.NodeId)
        .Line("sequence", receipt.Sequence)
        .Line("request", receipt.RequestId)
        .Line("project", receipt.ProjectId)
        .Line("key", receipt.KeyId)
        .Line("model", receipt.Model)
        .Line("price_version", receipt.PriceVersion)
        .Line("outcome", NameOf(receipt.Outcome))
        .Line("prompt_tokens", receipt.Usage.PromptTokens)
        .Line("cached_tokens", receipt.Usage.CachedTokens)
        .Line("completion_tokens", receipt.Usage.CompletionTokens)
        .Line("reasoning_tokens", receipt.Usage.ReasoningTokens)
        .Line("images", receipt.Usage.Images)
        .Line("calls", receipt.Usage.Calls)
        .Line("gross_nano_usd", receipt.Gross.NanoUsd)
        .Line("discount_nano_usd", receipt.Discount.NanoUsd)
        .Line("absorbed_nano_usd", receipt.Absorbed.NanoUsd)
        .Line("charged_nano_usd", receipt.Charged.NanoUsd)
        .Line("month", receipt.Period)
        .Line("admitted_at_ms", receipt.AdmittedAtMs)
        .Line("settled_at_ms", receipt.SettledAtMs)
        .Line("first_entry", receipt.FirstEntry)
        .Line("last_entry", receipt.LastEntry)
        .Line("entry_hash", receipt.EntryHash)
        .Line("previous", receipt.PreviousHash)
        .ToString();

    /// <summary>Word of an outcome.</summary>
    public static string NameOf(ReceiptOutcome outcome) => outcome switch
    {
        ReceiptOutcome.Charged => "charged",
        ReceiptOutcome.ChargedLate => "charged_late",
        ReceiptOutcome.Free => "free",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "unknown outcome"),
    };

    /// <summary>Reads a text; null when it is not exactly the text of a receipt.</summary>
    public static Receipt? Parse(string text)
    {
        if (SignedText.Read(Kind, text) is not { } lines)
        {
            return null;
        }

        try
        {
            Dictionary<string, string> values = lines.ToDictionary(line => line.Name, line => line.Value, StringComparer.Ordinal);
            Receipt receipt = Read(values);
            return Of(receipt) == text ? receipt : null;
        }
        catch (Exception fault) when (fault is FormatException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static Receipt Read(Dictionary<string, string> values)
    {
        return new Receipt
        {
            OrganizationId = Text("organization"),
            NodeId = Text("node"),
            Sequence = Number("sequence"),
            RequestId = Text("request"),
            ProjectId = Text("project"),
            KeyId = Text("key"),
            Model = Text("model"),
            PriceVersion = Text("price_version"),
            Outcome = Enum.GetValues<ReceiptOutcome>().Single(outcome => NameOf(outcome) == values["outcome"]),
            Usage = new TokenUsage(
                Count("prompt_tokens"), Count("cached_tokens"), Count("completion_tokens"), Count("reasoning_tokens"), Count("images"), Count("calls")),
            Gross = new Money(Number("gross_nano_usd")),
            Discount = new Money(Number("discount_nano_usd")),
            Absorbed = new Money(Number("absorbed_nano_usd")),
            Charged = new Money(Number("charged_nano_usd")),
            Period = Count("month"),
            AdmittedAtMs = Number("admitted_at_ms"),
            SettledAtMs = Number("settled_at_ms"),
            FirstEntry = Number("first_entry"),
            LastEntry = Number("last_entry"),
            EntryHash = Convert.FromHexString(values["entry_hash"]),
            PreviousHash = Convert.FromHexString(values["previous"]),
        };

        string Text(string name) => SignedText.Unescape(values[name]);

        long Number(string name) => long.Parse(values[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        int Count(string name) => int.Parse(values[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }
}
