using System.IO.Compression;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Wordprocessing;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Fonts.Standard14Fonts;
using UglyToad.PdfPig.Writer;
using Drawing = DocumentFormat.OpenXml.Drawing;

namespace Baltoro.Server.Tests.Files;

/// <summary>Small documents made by the formats' own libraries.</summary>
internal static class Documents
{
    public static byte[] Word(params string[] paragraphs)
    {
        using MemoryStream file = new();
        using (WordprocessingDocument document = WordprocessingDocument.Create(file, WordprocessingDocumentType.Document))
        {
            document.AddMainDocumentPart().Document = new Document(
                new Body(paragraphs.Select(text => new Paragraph(new DocumentFormat.OpenXml.Wordprocessing.Run(new DocumentFormat.OpenXml.Wordprocessing.Text(text))))));
        }

        return file.ToArray();
    }

    public static byte[] Sheet(string name, params string[][] rows)
    {
        using MemoryStream file = new();
        using (SpreadsheetDocument document = SpreadsheetDocument.Create(file, SpreadsheetDocumentType.Workbook))
        {
            WorkbookPart workbook = document.AddWorkbookPart();
            WorksheetPart sheet = workbook.AddNewPart<WorksheetPart>();
            sheet.Worksheet = new Worksheet(new SheetData(rows.Select(cells => new Row(cells.Select(text => new Cell
            {
                DataType = CellValues.InlineString,
                InlineString = new InlineString(new DocumentFormat.OpenXml.Spreadsheet.Text(text)),
            })))));
            workbook.Workbook = new Workbook(new Sheets(new Sheet { Name = name, SheetId = 1, Id = workbook.GetIdOfPart(sheet) }));
        }

        return file.ToArray();
    }

    public static byte[] Slides(params string[] texts)
    {
        using MemoryStream file = new();
        using (PresentationDocument document = PresentationDocument.Create(file, PresentationDocumentType.Presentation))
        {
            PresentationPart presentation = document.AddPresentationPart();
            SlideIdList ids = new();
            uint number = 256;
            foreach (string text in texts)
            {
                SlidePart slide = presentation.AddNewPart<SlidePart>();
                slide.Slide = new Slide(new CommonSlideData(new ShapeTree(new Shape(new TextBody(
                    new Drawing.BodyProperties(), new Drawing.Paragraph(new Drawing.Run(new Drawing.Text(text))))))));
                ids.Append(new SlideId { Id = number++, RelationshipId = presentation.GetIdOfPart(slide) });
            }

            presentation.Presentation = new Presentation(ids);
        }

        return file.ToArray();
    }

    public static byte[] Pdf(params string[] pages)
    {
        PdfDocumentBuilder builder = new();
        PdfDocumentBuilder.AddedFont font = builder.AddStandard14Font(Standard14Font.Helvetica);
        foreach (string text in pages)
        {
            builder.AddPage(UglyToad.PdfPig.Content.PageSize.A4).AddText(text, 12, new PdfPoint(50, 700), font);
        }

        return builder.Build();
    }

    /// <summary>An archive that claims to be a Word file and unpacks to <paramref name="megabytes"/> of blanks.</summary>
    public static byte[] Bomb(int megabytes)
    {
        using MemoryStream file = new();
        using (ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using Stream part = archive.CreateEntry("word/document.xml").Open();
            byte[] piece = new byte[1 << 20];
            Array.Fill(piece, (byte)' ');
            for (int i = 0; i < megabytes; i++)
            {
                part.Write(piece);
            }
        }

        return file.ToArray();
    }

    /// <summary>A Word file whose text is an XML document of the test's own.</summary>
    public static byte[] WordOf(string xml)
    {
        using MemoryStream file = new();
        file.Write(Word("x"));
        using (ZipArchive archive = new(file, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry("word/document.xml")!.Delete();
            using StreamWriter part = new(archive.CreateEntry("word/document.xml").Open());
            part.Write(xml);
        }

        return file.ToArray();
    }
}
