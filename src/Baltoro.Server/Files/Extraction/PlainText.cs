namespace Baltoro.Server.Files.Extraction;

/// <summary>Text files: taken as they are.</summary>
internal static class PlainText
{
    private static readonly HashSet<string> _source = new(StringComparer.Ordinal)
    {
        ".asp", ".c", ".cc", ".conf", ".cpp", ".cs", ".css", ".cxx", ".go", ".h", ".hpp", ".ini", ".java", ".js", ".jsp", ".jsx", ".kt", ".log",
        ".php", ".py", ".py3", ".rb", ".rs", ".sh", ".sql", ".swift", ".toml", ".ts", ".tsx", ".txt", ".xml", ".yaml", ".yml",
    };

    /// <summary>The media type of a name's ending, or null when it is no text.</summary>
    public static string? TypeOf(string ending) => ending switch
    {
        ".md" or ".markdown" => "text/markdown",
        ".csv" or ".tsv" => "text/csv",
        ".json" or ".jsonl" => "application/json",
        "" => "text/plain",
        _ when _source.Contains(ending) => "text/plain",
        _ => null,
    };

    public static ExtractedText Extract(Stream file, string type)
    {
        // A character takes at least one byte and at most four.
        if (file.Length > TextSink.MaxChars * 4L)
        {
            throw new ExtractionException($"its text has more than {TextSink.MaxChars} characters");
        }

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        TextSink sink = new();
        sink.Add(TextBytes.Decode(bytes));
        return new ExtractedText(sink.ToString(), type, "");
    }
}
