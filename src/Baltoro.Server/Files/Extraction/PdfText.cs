using UglyToad.PdfPig;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Pages of a PDF in their order, text in the order of its content, a blank line between pages. Pictures are not read.</summary>
internal static class PdfText
{
    private const int MaxPages = 5_000;

    public static ExtractedText Extract(Stream file)
    {
        ParsingOptions options = new() { UseLenientParsing = true, SkipMissingFonts = true };
        using PdfDocument document = PdfDocument.Open(file, options);
        if (document.NumberOfPages > MaxPages)
        {
            throw new ExtractionException($"it has {document.NumberOfPages} pages; at most {MaxPages} are accepted");
        }

        TextSink sink = new();
        foreach (Page page in document.GetPages())
        {
            if (!sink.IsEmpty)
            {
                sink.Add("\n\n");
            }

            sink.Add(ContentOrderTextExtractor.GetText(page));
        }

        string text = sink.ToString().Trim();
        return text.Length > 0
            ? new ExtractedText(text, "application/pdf", document.Information.Title ?? "")
            : throw new ExtractionException("its pages hold no text (text in pictures is not read)");
    }
}
