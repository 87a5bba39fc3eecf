using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace Baltoro.Server.Files.Extraction;

/// <summary>
/// Pages: the text a reader would see, one line for each block. Read as a stream of tokens, never as a tree, so time and memory
/// grow with the size of the page and not with its depth. Nothing is loaded and no script runs.
/// </summary>
internal sealed class HtmlText
{
    private const int MaxBytes = 20_000_000;
    private const int DeclarationBytes = 1_024;

    private static readonly HashSet<string> _hiddenNames = new(StringComparer.Ordinal)
    {
        "script", "style", "noscript", "template", "title", "svg", "iframe", "object",
    };

    private static readonly HashSet<string> _blocks = new(StringComparer.Ordinal)
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
    };

    /// <summary>Elements whose content is no markup (HTML 13.2.6.2 and the tree construction rules that name a tokenizer state).</summary>
    private static readonly Dictionary<string, HtmlParseMode> _raw = new(StringComparer.Ordinal)
    {
        ["title"] = HtmlParseMode.RCData,
        ["textarea"] = HtmlParseMode.RCData,
        ["style"] = HtmlParseMode.Rawtext,
        ["xmp"] = HtmlParseMode.Rawtext,
        ["iframe"] = HtmlParseMode.Rawtext,
        ["noembed"] = HtmlParseMode.Rawtext,
        ["noframes"] = HtmlParseMode.Rawtext,
        ["script"] = HtmlParseMode.Script,
        ["plaintext"] = HtmlParseMode.Plaintext,
    };

    private readonly TextSink _sink = new();
    private readonly TextSink _title = new();
    private string? _hidden;
    private int _hiddenDepth;
    private int _preDepth;
    private bool _isPreStart;
    private int _cellsOfRow;
    private int _cellStart;
    private bool _hasTitle;

    private HtmlText()
    {
    }

    public static ExtractedText Extract(Stream file)
    {
        if (file.Length > MaxBytes)
        {
            throw new ExtractionException($"a page has at most {MaxBytes} bytes");
        }

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        using TextSource source = new(TextBytes.Decode(bytes, DeclaredEncoding(bytes)));
        using HtmlTokenizer tokenizer = new(source, HtmlEntityProvider.Resolver)
        {
            SkipComments = true,
            ShouldEmitAttribute = static (ref _, _) => false,
        };
        HtmlText page = new();
        for (HtmlToken token = tokenizer.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokenizer.Get())
        {
            page.Take(token, tokenizer);
        }

        return new ExtractedText(page._sink.ToString().Trim(), "text/html", page._title.ToString().Trim());
    }

    /// <summary>The encoding that a page names in a <c>meta</c> element near its start, or null.</summary>
    private static string? DeclaredEncoding(ReadOnlySpan<byte> page)
    {
        ReadOnlySpan<byte> start = page[..Math.Min(page.Length, DeclarationBytes)];
        int at = start.IndexOf("charset="u8);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> name = start[(at + "charset=".Length)..].TrimStart("\"' "u8);
        int length = name.IndexOfAny("\"' />;\r\n"u8);
        return length > 0 ? System.Text.Encoding.ASCII.GetString(name[..length]) : null;
    }

    private void Take(HtmlToken token, HtmlTokenizer tokenizer)
    {
        switch (token.Type)
        {
            case HtmlTokenType.StartTag:
                Open(token.Name, token is HtmlTagToken { IsSelfClosing: true }, tokenizer);
                break;
            case HtmlTokenType.EndTag:
                Close(token.Name);
                break;
            case HtmlTokenType.Character:
                AddText(token.Data);
                break;
            default:
                break;
        }
    }

    private void Open(string name, bool isSelfClosing, HtmlTokenizer tokenizer)
    {
        // Only in drawings is a slash at the end of a tag an end, and elements of pages end a drawing.
        bool isDrawing = _hidden == "svg" && !_blocks.Contains(name);
        if (!isDrawing && _raw.TryGetValue(name, out HtmlParseMode mode))
        {
            tokenizer.State = mode;
        }

        if (_hidden is not null && (isDrawing || _hidden != "svg"))
        {
            _hiddenDepth += name == _hidden && !isSelfClosing ? 1 : 0;
            return;
        }

        _hidden = null;
        if (_hiddenNames.Contains(name))
        {
            _hidden = isSelfClosing && name == "svg" ? null : name;
            _hiddenDepth = 1;
            return;
        }

        if (name == "pre")
        {
            _preDepth++;
            _isPreStart = true;
        }

        OpenLine(name);
    }

    private void OpenLine(string name)
    {
        if (name is "td" or "th")
        {
            OpenCell();
        }
        else if (_blocks.Contains(name))
        {
            _cellsOfRow = name is "tr" or "table" ? 0 : _cellsOfRow;
            if (!_sink.IsAtCellStart)
            {
                _sink.EndLine();
            }
        }
    }

    private void Close(string name)
    {
        if (_hidden is not null)
        {
            if (name == _hidden && --_hiddenDepth == 0)
            {
                _hasTitle |= !_title.IsEmpty;
                _hidden = null;
            }

            return;
        }

        _preDepth -= name == "pre" && _preDepth > 0 ? 1 : 0;
        if (_blocks.Contains(name))
        {
            _cellsOfRow = name is "tr" or "table" ? 0 : _cellsOfRow;
            _sink.EndLine();
        }
    }

    /// <summary>Separates a cell from the one before it, unless that ended with a line of its own.</summary>
    private void OpenCell()
    {
        bool endedLine = _sink.IsAtLineStart && _sink.Length > _cellStart;
        if (_cellsOfRow++ > 0 && !endedLine)
        {
            _sink.Cell();
        }

        _cellStart = _sink.Length;
    }

    private void AddText(string text)
    {
        ReadOnlySpan<char> rest = _isPreStart && text.StartsWith('\n') ? text.AsSpan(1) : text;
        _isPreStart = false;
        if (_hidden is null)
        {
            AddTo(_sink, rest, _preDepth > 0);
        }
        else if (_hidden == "title" && !_hasTitle)
        {
            AddTo(_title, rest, isKept: false);
        }
    }

    private static void AddTo(TextSink sink, ReadOnlySpan<char> text, bool isKept)
    {
        if (isKept)
        {
            sink.Add(text);
            return;
        }

        while (text.Length > 0)
        {
            ReadOnlySpan<char> word = text.TrimStart();
            if (word.Length < text.Length)
            {
                sink.Blank();
            }

            int length = word.IndexOfAny(" \t\r\n\f");
            length = length < 0 ? word.Length : length;
            sink.Add(word[..length]);
            text = word[length..];
        }
    }
}
