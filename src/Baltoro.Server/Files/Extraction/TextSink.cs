using System.Text;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Collects the text of a document up to a bound. A text over the bound is refused, never cut.</summary>
internal sealed class TextSink
{
    /// <summary>Most characters of a document's text.</summary>
    public const int MaxChars = 10_000_000;

    private readonly StringBuilder _text = new();
    private bool _isBlankDue;

    /// <exception cref="ExtractionException">The bound is passed.</exception>
    public void Add(ReadOnlySpan<char> text)
    {
        if (_isBlankDue && text.Length > 0)
        {
            _isBlankDue = false;
            if (_text.Length > 0 && _text[^1] is not ('\n' or '\t'))
            {
                _text.Append(' ');
            }
        }

        if (_text.Length + text.Length > MaxChars)
        {
            throw new ExtractionException($"its text has more than {MaxChars} characters");
        }

        _text.Append(text);
    }

    /// <summary>Ends a line unless the text already stands at the start of one.</summary>
    public void EndLine()
    {
        _isBlankDue = false;
        if (_text.Length > 0 && _text[^1] != '\n')
        {
            Add("\n");
        }
    }

    /// <summary>Puts one blank before the next text, unless that begins a line or cell.</summary>
    public void Blank() => _isBlankDue = true;

    /// <summary>Begins the next cell of a row.</summary>
    public void Cell()
    {
        _isBlankDue = false;
        Add("\t");
    }

    /// <summary>Characters so far.</summary>
    public int Length => _text.Length;

    /// <summary>Whether the next text begins a line.</summary>
    public bool IsAtLineStart => _text.Length == 0 || _text[^1] == '\n';

    /// <summary>Whether the next text begins a cell that is not the first of its row.</summary>
    public bool IsAtCellStart => _text.Length > 0 && _text[^1] == '\t';

    public bool IsEmpty => _text.Length == 0;

    public override string ToString() => _text.ToString();
}
