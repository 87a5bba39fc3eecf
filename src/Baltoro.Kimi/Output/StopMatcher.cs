using System.Text;

namespace Baltoro.Kimi.Output;

/// <summary>
/// Looks for stop texts in a stream. Text goes out at once, except the longest end that could still become a stop text.
/// The match that ends first wins, the longest of those that end together; so the result does not depend on how the
/// stream is cut. Work is linear in the text whatever the stop texts. One stream, one thread.
/// </summary>
public sealed class StopMatcher
{
    private readonly string[] _stops;
    private readonly int[][] _borders;
    private readonly int[] _matched;

    /// <param name="stops">Texts to look for. One that holds a lone surrogate can never match and is left out.</param>
    /// <exception cref="ArgumentException">A text is empty.</exception>
    public StopMatcher(IEnumerable<string> stops)
    {
        _stops = [.. stops.Where(IsWellFormed)];
        if (_stops.Any(s => s.Length == 0))
        {
            throw new ArgumentException("a stop text is empty");
        }

        _borders = [.. _stops.Select(Borders)];
        _matched = new int[_stops.Length];
    }

    /// <summary>The stop text that was met, or null.</summary>
    public string? Found { get; private set; }

    /// <summary>Characters held back at present.</summary>
    public int HeldChars => Found is null ? Longest(out _) : 0;

    /// <summary>
    /// Takes the next piece of the stream and appends what may go out. Returns true when a stop text is complete: it and
    /// all after it are dropped, as is everything pushed later.
    /// </summary>
    public bool Push(ReadOnlySpan<char> text, StringBuilder output)
    {
        if (Found is not null)
        {
            return true;
        }

        int heldBefore = Longest(out string held);
        for (int i = 0; i < text.Length; i++)
        {
            string? found = Step(text[i]);
            if (found is not null)
            {
                Found = found;
                AppendJoined(output, held.AsSpan(0, heldBefore), text, heldBefore + i + 1 - found.Length);
                return true;
            }
        }

        AppendJoined(output, held.AsSpan(0, heldBefore), text, heldBefore + text.Length - Longest(out _));
        return false;
    }

    /// <summary>Ends the stream: what was held back goes out.</summary>
    public void Flush(StringBuilder output)
    {
        if (Found is null)
        {
            int heldChars = Longest(out string held);
            output.Append(held, 0, heldChars);
            Array.Clear(_matched);
        }
    }

    /// <summary>Advances every stop text by one character; gives the longest that is now complete.</summary>
    private string? Step(char next)
    {
        string? found = null;
        for (int s = 0; s < _stops.Length; s++)
        {
            string stop = _stops[s];
            int matched = _matched[s];
            while (matched > 0 && stop[matched] != next)
            {
                matched = _borders[s][matched - 1];
            }

            matched += stop[matched] == next ? 1 : 0;
            _matched[s] = matched;
            if (matched == stop.Length && stop.Length > (found?.Length ?? 0))
            {
                found = stop;
            }
        }

        return found;
    }

    /// <summary>Length of the longest begun match, and the stop text it is the beginning of.</summary>
    private int Longest(out string stop)
    {
        int longest = 0;
        stop = "";
        for (int s = 0; s < _stops.Length; s++)
        {
            if (_matched[s] > longest)
            {
                longest = _matched[s];
                stop = _stops[s];
            }
        }

        return longest;
    }

    private static void AppendJoined(StringBuilder output, ReadOnlySpan<char> held, ReadOnlySpan<char> text, int count)
    {
        int fromHeld = Math.Min(count, held.Length);
        output.Append(held[..fromHeld]).Append(text[..(count - fromHeld)]);
    }

    /// <summary>For each prefix the length of its longest proper beginning that is also its end (Knuth, Morris, Pratt).</summary>
    private static int[] Borders(string stop)
    {
        int[] borders = new int[stop.Length];
        int length = 0;
        for (int i = 1; i < stop.Length; i++)
        {
            while (length > 0 && stop[i] != stop[length])
            {
                length = borders[length - 1];
            }

            length += stop[i] == stop[length] ? 1 : 0;
            borders[i] = length;
        }

        return borders;
    }

    private static bool IsWellFormed(string stop)
    {
        for (int i = 0; i < stop.Length; i++)
        {
            if (i + 1 < stop.Length && char.IsSurrogatePair(stop[i], stop[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(stop[i]))
            {
                return false;
            }
        }

        return true;
    }
}
