using System.Globalization;
using System.Text;

namespace Baltoro.Kimi.Grammar.Patterns;

/// <summary>
/// Parses the regular part of ECMA-262 patterns (with the u flag, as JSON Schema recommends): classes, groups, choice,
/// quantifiers, anchors. Look-around, back-references and word boundaries are refused.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxRepeat = 100_000;
    private const int MaxNesting = 100;
    private readonly int[] _text;
    private int _at;
    private int _nesting;

    private PatternParser(string pattern) => _text = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];

    /// <exception cref="PatternException">Malformed or not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ParseChoice();
        return parser._at == parser._text.Length ? node : throw parser.Fault("unmatched ')'");
    }

    private PatternException Fault(string reason) => new($"{reason} at character {_at}");

    private int Peek(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : -1;

    private bool Take(int codePoint)
    {
        if (Peek() != codePoint)
        {
            return false;
        }

        _at++;
        return true;
    }

    private PatternNode ParseChoice()
    {
        if (++_nesting > MaxNesting)
        {
            throw Fault($"groups are nested deeper than {MaxNesting}");
        }

        List<PatternNode> branches = [ParseSequence()];
        while (Take('|'))
        {
            branches.Add(ParseSequence());
        }

        _nesting--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Choice(branches);
    }

    private PatternNode ParseSequence()
    {
        List<PatternNode> parts = [];
        while (Peek() is not (-1 or '|' or ')'))
        {
            parts.Add(ParseQuantified(ParseAtom()));
        }

        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts);
    }

    private PatternNode ParseQuantified(PatternNode atom)
    {
        (int Min, int? Max)? bounds = Peek() switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            _ => null,
        };
        if (bounds is not null)
        {
            _at++;
        }
        else if (Peek() == '{')
        {
            bounds = ParseBraces();
        }

        if (bounds is not { } found)
        {
            return atom;
        }

        if (atom is PatternNode.Start or PatternNode.End)
        {
            throw Fault("nothing to repeat");
        }

        Take('?');
        return Peek() is '*' or '+' or '?' or '{'
            ? throw Fault("nothing to repeat")
            : new PatternNode.Repeat(atom, found.Min, found.Max);
    }

    private (int Min, int? Max)? ParseBraces()
    {
        int start = _at++;
        int? min = ParseInteger();
        int? max = min;
        if (min is not null && Take(','))
        {
            max = ParseInteger();
        }

        if (min is null || !Take('}'))
        {
            _at = start;
            throw Fault("a '{' that is not a quantifier must be escaped");
        }

        return max < min ? throw Fault("numbers out of order in quantifier") : (min.Value, max);
    }

    private int? ParseInteger()
    {
        int value = 0;
        int start = _at;
        for (; Peek() is >= '0' and <= '9'; _at++)
        {
            value = (value * 10) + (Peek() - '0');
            if (value > MaxRepeat)
            {
                throw Fault($"quantifier above {MaxRepeat}");
            }
        }

        return _at == start ? null : value;
    }

    private PatternNode ParseAtom()
    {
        int codePoint = Peek();
        _at++;
        switch (codePoint)
        {
            case '^':
                return new PatternNode.Start();
            case '$':
                return new PatternNode.End();
            case '.':
                return new PatternNode.Chars(CodePointClasses.NotLineEnd);
            case '(':
                return ParseGroup();
            case '[':
                return new PatternNode.Chars(ParseClass());
            case '\\':
                return ParseEscapeAtom();
            case '*' or '+' or '?' or '{':
                throw Fault("nothing to repeat");
            default:
                return Single(codePoint);
        }
    }

    private static PatternNode.Chars Single(int codePoint) => new(CodePointSet.Of((codePoint, codePoint)));

    private PatternNode ParseGroup()
    {
        if (Take('?'))
        {
            bool named = Peek() == '<' && Peek(1) is not ('=' or '!');
            if (named)
            {
                while (!Take('>'))
                {
                    _at += Peek() == -1 ? throw Fault("unterminated group name") : 1;
                }
            }
            else if (!Take(':'))
            {
                throw Fault("look-around and flags are not regular and not supported");
            }
        }

        PatternNode body = ParseChoice();
        return Take(')') ? body : throw Fault("missing ')'");
    }

    private PatternNode ParseEscapeAtom()
    {
        int codePoint = Peek();
        if (codePoint is 'b' or 'B')
        {
            throw Fault("word boundaries are not supported");
        }

        if (codePoint is (>= '1' and <= '9') or 'k')
        {
            throw Fault("back-references are not regular and not supported");
        }

        return new PatternNode.Chars(ParseEscape());
    }

    /// <summary>The escape after a backslash, inside or outside a class.</summary>
    private CodePointSet ParseEscape()
    {
        int codePoint = Peek();
        _at++;
        switch (codePoint)
        {
            case -1:
                throw Fault("a backslash at the end");
            case 'd':
                return CodePointClasses.Digit;
            case 'D':
                return CodePointClasses.Digit.Complement();
            case 'w':
                return CodePointClasses.Word;
            case 'W':
                return CodePointClasses.Word.Complement();
            case 's':
                return CodePointClasses.Space;
            case 'S':
                return CodePointClasses.Space.Complement();
            case 'p' or 'P':
                CodePointSet category = ParseCategory();
                return codePoint == 'p' ? category : category.Complement();
            default:
                int single = ParseCharacterEscape(codePoint);
                return CodePointSet.Of((single, single));
        }
    }

    private int ParseCharacterEscape(int codePoint) => codePoint switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'f' => '\f',
        'v' => '\v',
        '0' when Peek() is not (>= '0' and <= '9') => 0,
        'c' when Peek() is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => _text[_at++] % 32,
        'x' => ParseHex(2),
        'u' => ParseUnicodeEscape(),
        (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') => throw Fault($"unknown escape '\\{new Rune(codePoint)}'"),
        _ => codePoint,
    };

    private int ParseUnicodeEscape()
    {
        if (!Take('{'))
        {
            int unit = ParseHex(4);
            if (unit is >= 0xD800 and <= 0xDBFF && Peek() == '\\' && Peek(1) == 'u')
            {
                _at += 2;
                int low = ParseHex(4);
                return low is >= 0xDC00 and <= 0xDFFF ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00) : throw Fault("lone surrogate");
            }

            return unit is >= 0xD800 and <= 0xDFFF ? throw Fault("lone surrogate") : unit;
        }

        int end = Array.IndexOf(_text, '}', _at);
        int value = end - _at is > 0 and <= 6 ? ParseHex(end - _at) : throw Fault("malformed \\u{…}");
        _at++;
        return value <= 0x10FFFF ? value : throw Fault("code point above 10FFFF");
    }

    private int ParseHex(int digits)
    {
        string text = string.Concat(_text.Skip(_at).Take(digits).Select(codePoint => new Rune(codePoint).ToString()));
        _at += digits;
        return text.Length == digits && int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw Fault("malformed hexadecimal escape");
    }

    private CodePointSet ParseCategory()
    {
        int end = Array.IndexOf(_text, '}', _at);
        if (!Take('{') || end < 0)
        {
            throw Fault("malformed \\p{…}");
        }

        string name = string.Concat(_text[_at..end].Select(codePoint => new Rune(codePoint).ToString()));
        _at = end + 1;
        return CodePointClasses.Category(name[(name.IndexOf('=') + 1)..]) ?? throw Fault($"\\p{{{name}}} is not supported; only general categories such as L, Lu, Nd are");
    }

    private CodePointSet ParseClass()
    {
        bool negated = Take('^');
        List<CodePointSet> parts = [];
        while (!Take(']'))
        {
            (CodePointSet set, int? low) = ParseClassAtom();
            if (low is { } first && Peek() == '-' && Peek(1) is not (']' or -1))
            {
                _at++;
                (CodePointSet _, int? high) = ParseClassAtom();
                set = high >= first ? CodePointSet.Of((first, high.Value)) : throw Fault("range out of order in character class");
            }

            parts.Add(set);
        }

        CodePointSet union = CodePointSet.Union(parts);
        return negated ? union.Complement() : union;
    }

    private (CodePointSet Set, int? Single) ParseClassAtom()
    {
        int codePoint = Peek();
        if (codePoint == -1)
        {
            throw Fault("unterminated character class");
        }

        _at++;
        if (codePoint != '\\')
        {
            return (CodePointSet.Of((codePoint, codePoint)), codePoint);
        }

        if (Take('b'))
        {
            return (CodePointSet.Of((8, 8)), 8);
        }

        CodePointSet set = ParseEscape();
        return (set, set.Ranges is [var only] && only.Low == only.High ? only.Low : null);
    }
}
