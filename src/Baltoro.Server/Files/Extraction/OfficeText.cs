using System.IO.Compression;
using DocumentFormat.OpenXml.Packaging;

namespace Baltoro.Server.Files.Extraction;

/// <summary>
/// Word, Excel and PowerPoint files. Before a library sees them, every part is unpacked once and counted, so that what they
/// unpack to is known; parts are then read as streams of elements, never as trees. External parts are not followed.
/// </summary>
internal static class OfficeText
{
    private const int MaxParts = 5_000;
    private const long MaxUnpackedBytes = 300_000_000;

    public static ExtractedText Extract(Stream file)
    {
        HashSet<string> names = CheckParts(file);
        file.Position = 0;
        OpenSettings settings = new() { AutoSave = false, MaxCharactersInPart = MaxUnpackedBytes };
        if (names.Contains("word/document.xml"))
        {
            using WordprocessingDocument word = WordprocessingDocument.Open(file, isEditable: false, settings);
            return new ExtractedText(
                WordText.Read(word), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", TitleOf(word));
        }

        if (names.Contains("xl/workbook.xml"))
        {
            using SpreadsheetDocument sheet = SpreadsheetDocument.Open(file, isEditable: false, settings);
            return new ExtractedText(SheetText.Read(sheet), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", TitleOf(sheet));
        }

        if (names.Contains("ppt/presentation.xml"))
        {
            using PresentationDocument slides = PresentationDocument.Open(file, isEditable: false, settings);
            return new ExtractedText(
                SlideText.Read(slides), "application/vnd.openxmlformats-officedocument.presentationml.presentation", TitleOf(slides));
        }

        throw new ExtractionException("it is an archive, and neither docx, xlsx nor pptx");
    }

    private static string TitleOf(OpenXmlPackage package) => package.PackageProperties.Title ?? "";

    private static HashSet<string> CheckParts(Stream file)
    {
        using ZipArchive archive = new(file, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > MaxParts)
        {
            throw new ExtractionException($"it has {archive.Entries.Count} parts; at most {MaxParts} are accepted");
        }

        byte[] piece = new byte[64 * 1024];
        long unpackedBytes = 0;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            using Stream part = entry.Open();
            while (part.Read(piece) is > 0 and int readBytes)
            {
                unpackedBytes += readBytes;
                if (unpackedBytes > MaxUnpackedBytes)
                {
                    throw new ExtractionException($"it unpacks to more than {MaxUnpackedBytes} bytes");
                }
            }
        }

        return [.. archive.Entries.Select(entry => entry.FullName)];
    }
}
