using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Sheets of an Excel file by name, rows as lines of cells separated by tabs; stored values, no formulas. Empty when no cell holds anything.</summary>
internal static class SheetText
{
    private const int MaxSharedTexts = 1_000_000;

    public static string Read(SpreadsheetDocument document)
    {
        TextSink sink = new();
        if (document.WorkbookPart is not { } workbook)
        {
            return "";
        }

        bool hasCells = false;
        List<string> shared = ReadShared(workbook.SharedStringTablePart);
        foreach (Sheet sheet in workbook.Workbook?.Sheets?.Elements<Sheet>() ?? [])
        {
            if (sheet.Id?.Value is { } id && workbook.TryGetPartById(id, out OpenXmlPart? part) && part is WorksheetPart worksheet)
            {
                sink.Add($"# {sheet.Name?.Value}\n");
                hasCells |= ReadSheet(worksheet, shared, sink);
                sink.Add("\n");
            }
        }

        return hasCells ? sink.ToString().TrimEnd() : "";
    }

    private static List<string> ReadShared(SharedStringTablePart? part)
    {
        List<string> texts = [];
        if (part is null)
        {
            return texts;
        }

        TextSink bound = new();
        System.Text.StringBuilder current = new();
        using OpenXmlReader reader = OpenXmlReader.Create(part, readMiscNodes: false);
        while (reader.Read())
        {
            if (reader.IsStartElement && reader.ElementType == typeof(Text))
            {
                string piece = reader.GetText();
                bound.Add(piece);
                current.Append(piece);
            }
            else if (reader.IsEndElement && reader.ElementType == typeof(SharedStringItem))
            {
                if (texts.Count >= MaxSharedTexts)
                {
                    throw new ExtractionException($"it has more than {MaxSharedTexts} shared texts");
                }

                texts.Add(current.ToString());
                current.Clear();
            }
        }

        return texts;
    }

    /// <summary>Adds the rows of a sheet; whether any cell holds something.</summary>
    private static bool ReadSheet(WorksheetPart part, List<string> shared, TextSink sink)
    {
        using OpenXmlReader reader = OpenXmlReader.Create(part, readMiscNodes: false);
        string? kind = null;
        bool isFirst = true;
        bool hasCells = false;
        while (reader.Read())
        {
            Type type = reader.ElementType;
            if (type == typeof(Row))
            {
                if (reader.IsEndElement)
                {
                    sink.Add("\n");
                }

                isFirst = true;
            }
            else if (type == typeof(Cell) && reader.IsStartElement)
            {
                kind = reader.Attributes.FirstOrDefault(attribute => attribute.LocalName == "t").Value;
                sink.Add(isFirst ? "" : "\t");
                isFirst = false;
            }
            else if (reader.IsStartElement && (type == typeof(CellValue) || type == typeof(Text)))
            {
                string value = ValueOf(reader.GetText(), kind, shared);
                hasCells |= !string.IsNullOrWhiteSpace(value);
                sink.Add(value);
            }
        }

        return hasCells;
    }

    private static string ValueOf(string stored, string? kind, List<string> shared) => kind switch
    {
        "s" => int.TryParse(stored, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < shared.Count ? shared[index] : "",
        "b" => stored == "1" ? "TRUE" : "FALSE",
        _ => stored,
    };
}
