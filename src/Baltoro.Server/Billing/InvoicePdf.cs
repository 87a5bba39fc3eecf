using System.Globalization;
using Baltoro.Platform.Ledger;
using Baltoro.Platform.Usage;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;

namespace Baltoro.Server.Billing;

/// <summary>An invoice as PDF: A4, exact lines, the total also in whole cents (half to even). As many pages as there are lines for.</summary>
public static class InvoicePdf
{
    private const double Left = 50;
    private const double Right = 545;
    private const double Top = 790;
    private const double Bottom = 60;
    private const double LineHeight = 15;
    private const double TextSize = 9;
    private const double TitleSize = 16;
    private static readonly double[] Columns = [Left, 150, 290, 440, Right];

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(Invoice invoice)
    {
        using PdfDocumentBuilder document = new();
        document.DocumentInformation.Title = InvoiceText.TitleOf(invoice);
        document.DocumentInformation.Producer = "Baltoro";
        PdfDocumentBuilder.AddedFont plain = document.AddStandard14Font(Standard14Font.Helvetica);
        PdfDocumentBuilder.AddedFont bold = document.AddStandard14Font(Standard14Font.HelveticaBold);
        PdfPageBuilder page = document.AddPage(PageSize.A4);
        double y = Top;
        Text(page, InvoiceText.TitleOf(invoice), Left, y, bold, TitleSize);
        y -= 2 * LineHeight;
        y = Head(page, y, bold);
        foreach (InvoiceLine line in invoice.Lines)
        {
            if (y < Bottom)
            {
                page = document.AddPage(PageSize.A4);
                y = Head(page, Top, bold);
            }

            string quantity = line.Quantity == 0 ? "" : line.Quantity.ToString("N0", CultureInfo.InvariantCulture);
            Row(page, y, plain, InvoiceText.NameOf(line.Kind), line.Model, line.PriceVersion, quantity, line.Amount.ToString());
            y -= LineHeight;
        }

        if (y < Bottom + (4 * LineHeight))
        {
            page = document.AddPage(PageSize.A4);
            y = Top;
        }

        Foot(page, y, invoice, plain, bold);
        return document.Build();
    }

    private static double Head(PdfPageBuilder page, double y, PdfDocumentBuilder.AddedFont bold)
    {
        Row(page, y, bold, "Item", "Model", "Price", "Quantity", "USD");
        page.DrawLine(new PdfPoint(Left, y - 4), new PdfPoint(Right, y - 4), 0.5);
        return y - LineHeight - 2;
    }

    private static void Foot(
        PdfPageBuilder page, double y, Invoice invoice, PdfDocumentBuilder.AddedFont plain, PdfDocumentBuilder.AddedFont bold)
    {
        page.DrawLine(new PdfPoint(Left, y + 9), new PdfPoint(Right, y + 9), 0.5);
        Row(page, y - 3, bold, "Total", "", "", "", invoice.Total.ToString());
        Row(page, y - 3 - LineHeight, plain, "Rounded", "", "", "", InvoiceText.CentsOf(invoice.Total));
        string proof = invoice.MatchesLedger ? "The lines sum to the ledger to the nano-dollar." : $"The ledger says ${invoice.LedgerTotal}.";
        Text(page, $"{invoice.State} {proof}", Left, y - 3 - (2.5 * LineHeight), plain, TextSize);
    }

    private static void Row(PdfPageBuilder page, double y, PdfDocumentBuilder.AddedFont font, params ReadOnlySpan<string> cells)
    {
        for (int column = 0; column < cells.Length; column++)
        {
            string cell = Clean(cells[column]);
            bool alignsRight = column >= cells.Length - 2;
            double x = alignsRight ? Columns[column] - Width(page, cell, font) : Columns[column];
            Text(page, cell, x, y, font, TextSize);
        }
    }

    private static void Text(PdfPageBuilder page, string text, double x, double y, PdfDocumentBuilder.AddedFont font, double size)
    {
        if (text.Length > 0)
        {
            page.AddText(Clean(text), size, new PdfPoint(x, y), font);
        }
    }

    private static double Width(PdfPageBuilder page, string text, PdfDocumentBuilder.AddedFont font) => text.Length == 0
        ? 0
        : page.MeasureText(text, TextSize, new PdfPoint(0, 0), font).Max(letter => letter.EndBaseLine.X);

    /// <summary>The built-in fonts have Latin letters only; ids and prices need no others.</summary>
    private static string Clean(string text) => string.Concat(text.Select(letter => letter is >= ' ' and <= '~' ? letter : '?'));
}
