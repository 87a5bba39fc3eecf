using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Pages: the text a reader would see, one line for each block. Nothing is loaded and no script runs.</summary>
internal static class HtmlText
{
    private const int MaxBytes = 20_000_000;

    private static readonly HashSet<string> _hidden = new(StringComparer.Ordinal) { "script", "style", "noscript", "template", "head", "svg", "iframe", "object" };

    private static readonly HashSet<string> _blocks = new(StringComparer.Ordinal)
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
    };

    public static ExtractedText Extract(Stream file)
    {
        if (file.Length > MaxBytes)
        {
            throw new ExtractionException($"a page has at most {MaxBytes} bytes");
        }

        IHtmlDocument document = new HtmlParser().ParseDocument(file);
        TextSink sink = new();
        Walk(document.DocumentElement, sink);
        return new ExtractedText(sink.ToString().Trim(), "text/html", document.Title ?? "");
    }

    /// <summary>Visits the tree without recursion: pages may be nested as deep as they like.</summary>
    private static void Walk(INode? root, TextSink sink)
    {
        INode? node = root;
        while (node is not null)
        {
            bool isHidden = node is IElement element && _hidden.Contains(element.LocalName);
            if (!isHidden && node is IText text)
            {
                AddText(text, sink);
            }

            INode? next = isHidden ? null : node.FirstChild;
            while (next is null && node is not null && node != root)
            {
                EndBlock(node, sink);
                next = node.NextSibling;
                node = node.Parent;
            }

            node = next;
        }
    }

    private static void AddText(IText text, TextSink sink)
    {
        if (text.ParentElement?.LocalName == "pre")
        {
            sink.Add(text.Data);
            return;
        }

        ReadOnlySpan<char> rest = text.Data;
        while (rest.Length > 0)
        {
            ReadOnlySpan<char> word = rest.TrimStart();
            if (word.Length < rest.Length)
            {
                sink.Blank();
            }

            int length = word.IndexOfAny(" \t\r\n\f");
            length = length < 0 ? word.Length : length;
            sink.Add(word[..length]);
            rest = word[length..];
        }
    }

    private static void EndBlock(INode node, TextSink sink)
    {
        if (node is IElement element && _blocks.Contains(element.LocalName))
        {
            sink.EndLine();
        }
        else if (node is IElement { LocalName: "td" or "th" })
        {
            sink.Add("\t");
        }
    }
}
