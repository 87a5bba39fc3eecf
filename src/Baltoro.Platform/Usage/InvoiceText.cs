using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Baltoro.Platform.Ledger;

namespace Baltoro.Platform.Usage;

/// <summary>An invoice as JSON (exact, nano-dollars) and as a plain HTML page (exact lines, total also in whole cents, half to even).</summary>
public static class InvoiceText
{
    /// <summary>JSON with amounts as integers in <c>*_nano_usd</c>.</summary>
    public static string ToJson(Invoice invoice)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("organization", invoice.OrganizationId);
            json.WriteString("month", Month(invoice.Period));
            json.WriteString("currency", "USD");
            json.WriteStartArray("lines");
            foreach (InvoiceLine line in invoice.Lines)
            {
                json.WriteStartObject();
                json.WriteString("kind", NameOf(line.Kind));
                json.WriteString("model", line.Model);
                json.WriteString("price_version", line.PriceVersion);
                json.WriteNumber("quantity", line.Quantity);
                json.WriteNumber("amount_nano_usd", line.Amount.NanoUsd);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteNumber("total_nano_usd", invoice.Total.NanoUsd);
            json.WriteNumber("ledger_total_nano_usd", invoice.LedgerTotal.NanoUsd);
            json.WriteNumber("pending_nano_usd", invoice.Pending.NanoUsd);
            json.WriteBoolean("matches_ledger", invoice.MatchesLedger);
            json.WriteBoolean("final", invoice.IsFinal);
            json.WriteString("state", invoice.IsFinal ? "final" : "preliminary");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>A page that prints; names are encoded.</summary>
    public static string ToHtml(Invoice invoice)
    {
        StringBuilder page = new();
        string title = WebUtility.HtmlEncode(TitleOf(invoice));
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>");
        page.Append("<style>body{font:14px sans-serif;margin:3em}td,th{padding:.3em 1em;text-align:left}.n{text-align:right}</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{title}</h1>");
        page.Append("<table><tr><th>Item</th><th>Model</th><th>Price</th><th class=\"n\">Quantity</th><th class=\"n\">USD</th></tr>");
        foreach (InvoiceLine line in invoice.Lines)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{NameOf(line.Kind)}</td><td>{WebUtility.HtmlEncode(line.Model)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td>{WebUtility.HtmlEncode(line.PriceVersion)}</td>");
            page.Append(CultureInfo.InvariantCulture, $"<td class=\"n\">{line.Quantity}</td><td class=\"n\">{line.Amount}</td></tr>");
        }

        page.Append(CultureInfo.InvariantCulture, $"</table><p><b>Total: {invoice.Total} USD</b> ({CentsOf(invoice.Total)} USD rounded)</p>");
        page.Append(CultureInfo.InvariantCulture, $"<p>{invoice.State}</p>");
        page.Append("</body></html>");
        return page.ToString();
    }

    /// <summary>Title of the document.</summary>
    public static string TitleOf(Invoice invoice) =>
        $"{(invoice.IsFinal ? "Invoice" : "Preliminary invoice")} {Month(invoice.Period)} for {invoice.OrganizationId}";

    private static string Month(int period) => string.Create(CultureInfo.InvariantCulture, $"{period / 100:D4}-{period % 100:D2}");

    /// <summary>Whole cents, half to even.</summary>
    public static string CentsOf(Money money)
    {
        long cents = money.ToCentsHalfEven();
        string sign = cents < 0 ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(cents) / 100}.{Math.Abs(cents) % 100:D2}");
    }

    /// <summary>Word of a line's kind.</summary>
    public static string NameOf(InvoiceLineKind kind) => kind switch
    {
        InvoiceLineKind.Input => "input",
        InvoiceLineKind.CachedInput => "cached_input",
        InvoiceLineKind.Output => "output",
        InvoiceLineKind.Images => "images",
        InvoiceLineKind.Calls => "calls",
        InvoiceLineKind.VolumeDiscount => "volume_discount",
        InvoiceLineKind.Absorbed => "absorbed",
        InvoiceLineKind.Shortfall => "commitment_shortfall",
        InvoiceLineKind.CreditNote => "credit_note",
        InvoiceLineKind.Adjustment => "adjustment",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of line"),
    };
}
