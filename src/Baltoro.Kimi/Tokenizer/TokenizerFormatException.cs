namespace Baltoro.Kimi.Tokenizer;

/// <summary>A tokenizer file is missing or not what it should be.</summary>
public sealed class TokenizerFormatException : Exception
{
    public TokenizerFormatException(string path, int? line, string expected, string found)
        : base($"{path}{(line is null ? "" : $", line {line}")}: expected {expected}, found {found}")
    {
        Path = path;
        Line = line;
        Expected = expected;
        Found = found;
    }

    public string Path { get; }

    /// <summary>Line number from 1, or null where the fault is not in one line.</summary>
    public int? Line { get; }

    public string Expected { get; }

    public string Found { get; }
}
