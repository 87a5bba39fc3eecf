using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Slides of a PowerPoint file in their order, each under its number; paragraphs as lines, then the speaker's notes. Empty when no
/// paragraph holds anything.</summary>
internal static class SlideText
{
    public static string Read(PresentationDocument document)
    {
        TextSink sink = new();
        if (document.PresentationPart is not { } presentation)
        {
            return "";
        }

        int number = 0;
        bool hasText = false;
        foreach (SlideId slide in presentation.Presentation?.SlideIdList?.Elements<SlideId>() ?? [])
        {
            if (slide.RelationshipId?.Value is { } id && presentation.TryGetPartById(id, out OpenXmlPart? part) && part is SlidePart found)
            {
                sink.Add($"# Slide {++number}\n");
                hasText |= ReadParagraphs(found, sink);
                if (found.NotesSlidePart is { } notes)
                {
                    sink.Add("Notes:\n");
                    hasText |= ReadParagraphs(notes, sink);
                }

                sink.Add("\n");
            }
        }

        return hasText ? sink.ToString().TrimEnd() : "";
    }

    /// <summary>Adds the paragraphs of a part; whether any holds something.</summary>
    private static bool ReadParagraphs(OpenXmlPart part, TextSink sink)
    {
        bool hasText = false;
        using OpenXmlReader reader = OpenXmlReader.Create(part, readMiscNodes: false);
        while (reader.Read())
        {
            if (reader.IsStartElement && reader.ElementType == typeof(DocumentFormat.OpenXml.Drawing.Text))
            {
                string text = reader.GetText();
                hasText |= !string.IsNullOrWhiteSpace(text);
                sink.Add(text);
            }
            else if (reader.IsEndElement && reader.ElementType == typeof(DocumentFormat.OpenXml.Drawing.Paragraph))
            {
                sink.EndLine();
            }
        }

        return hasText;
    }
}
