using System.IO.Compression;
using System.Xml;
using Baltoro.Kimi.Media;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Finds the text of one document; what it is is decided by its bytes first, then by the ending of its name.</summary>
internal static class DocumentText
{
    private const int SniffedBytes = 1_024;

    /// <exception cref="ExtractionException">There is no text to be found; the message says why.</exception>
    public static ExtractedText Extract(Stream file, string name)
    {
        byte[] start = new byte[Math.Min(file.Length, SniffedBytes)];
        file.Position = 0;
        file.ReadExactly(start);
        file.Position = 0;
        try
        {
            ExtractedText found = Dispatch(file, start, name);
            return !string.IsNullOrWhiteSpace(found.Text) ? found : throw new ExtractionException("it holds no text");
        }
        catch (Exception fault) when (fault is InvalidDataException or XmlException or IOException or InvalidOperationException
            or ArgumentException or NotSupportedException or FormatException or KeyNotFoundException or IndexOutOfRangeException
            or NullReferenceException or InvalidCastException or OverflowException or DocumentFormat.OpenXml.Packaging.OpenXmlPackageException
            or UglyToad.PdfPig.Core.PdfDocumentFormatException)
        {
            // The libraries tell damaged files in all of these ways.
            throw new ExtractionException($"it is damaged ({fault.GetType().Name})", fault);
        }
    }

    private static ExtractedText Dispatch(Stream file, ReadOnlySpan<byte> start, string name)
    {
        string ending = Path.GetExtension(name).ToLowerInvariant();
        if (start.IndexOf("%PDF-"u8) >= 0)
        {
            return PdfText.Extract(file);
        }

        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            return OfficeText.Extract(file);
        }

        if (start.StartsWith("PK\u0005\u0006"u8))
        {
            throw new ExtractionException("it is an archive that holds nothing");
        }

        if (ending is ".pdf" or ".docx" or ".xlsx" or ".pptx")
        {
            throw new ExtractionException($"its name ends in '{ending}', but it is none: it is {SniffedType.Of(start)}");
        }

        if (ending is ".html" or ".htm" or ".xhtml")
        {
            return HtmlText.Extract(file);
        }

        if (PlainText.TypeOf(ending) is { } type)
        {
            return PlainText.Extract(file, type);
        }

        string sniffed = SniffedType.Of(start);
        throw new ExtractionException(sniffed.StartsWith("text/", StringComparison.Ordinal) || sniffed == "application/octet-stream"
            ? $"files ending in '{ending}' are not read; accepted are pdf, docx, xlsx, pptx, html, md, csv, json, txt, log, and source text"
            : $"no text is read from {sniffed}; accepted are pdf, docx, xlsx, pptx, html, md, csv, json, txt, log, and source text");
    }
}
