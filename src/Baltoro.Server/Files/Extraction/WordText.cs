using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Paragraphs of a Word file, one a line; cells of a table are separated by tabs.</summary>
internal static class WordText
{
    public static string Read(WordprocessingDocument document)
    {
        TextSink sink = new();
        if (document.MainDocumentPart is { } part)
        {
            using OpenXmlReader reader = OpenXmlReader.Create(part, readMiscNodes: false);
            while (reader.Read())
            {
                Visit(reader, sink);
            }
        }

        return sink.ToString().TrimEnd();
    }

    private static void Visit(OpenXmlReader reader, TextSink sink)
    {
        Type type = reader.ElementType;
        if (reader.IsStartElement)
        {
            if (type == typeof(Text))
            {
                sink.Add(reader.GetText());
            }
            else if (type == typeof(TabChar))
            {
                sink.Add("\t");
            }
            else if (type == typeof(Break) || type == typeof(CarriageReturn))
            {
                sink.Add("\n");
            }
        }
        else if (type == typeof(Paragraph))
        {
            sink.Add("\n");
        }
        else if (type == typeof(TableCell))
        {
            sink.Add("\t");
        }
    }
}
