namespace Baltoro.Cli.Output;

/// <summary>
/// A table as plain text, the same on a terminal and in a pipe: one line per row, columns two spaces apart, no frames, no colours. A cell is
/// never broken over lines, so that ids can be copied and searched for.
/// </summary>
internal static class TextTable
{
    private const int MaxCellChars = 72;
    private const string Gap = "  ";

    /// <summary>Writes the names of the columns and the rows; an empty cell reads <c>-</c>.</summary>
    public static async Task WriteAsync(TextWriter output, string[] columns, IEnumerable<string[]> rows)
    {
        string[][] lines = [columns, .. rows.Select(row => row.Select(Plain).ToArray())];
        int[] widths = [.. Enumerable.Range(0, columns.Length).Select(column => lines.Max(line => line[column].Length))];
        foreach (string[] line in lines)
        {
            string text = string.Join(Gap, line.Select((cell, column) => cell.PadRight(widths[column])));
            await output.WriteLineAsync(text.TrimEnd()).ConfigureAwait(false);
        }
    }

    private static string Plain(string cell)
    {
        string text = string.Concat(cell.Select(letter => char.IsControl(letter) ? ' ' : letter)).Trim();
        return text.Length == 0 ? "-" : text.Length <= MaxCellChars ? text : $"{text[..(MaxCellChars - 1)]}…";
    }
}
