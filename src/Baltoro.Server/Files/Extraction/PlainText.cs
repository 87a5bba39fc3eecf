using System.Text;

namespace Baltoro.Server.Files.Extraction;

/// <summary>Text files: taken as they are, UTF-8 or UTF-16 with its mark.</summary>
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

        return new ExtractedText(Read(file), type, "");
    }

    /// <summary>All of a file as text.</summary>
    public static string Read(Stream file)
    {
        TextSink sink = new();
        UTF8Encoding strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        using StreamReader reader = new(file, strict, detectEncodingFromByteOrderMarks: true, bufferSize: 64 * 1024, leaveOpen: true);
        char[] piece = new char[64 * 1024];
        try
        {
            while (reader.Read(piece) is > 0 and int chars)
            {
                if (piece.AsSpan(0, chars).Contains('\0'))
                {
                    throw new ExtractionException("it is not text: it holds zero bytes");
                }

                sink.Add(piece.AsSpan(0, chars));
            }
        }
        catch (DecoderFallbackException fault)
        {
            throw new ExtractionException("it is not text in UTF-8, nor in UTF-16 with its mark", fault);
        }

        return sink.ToString();
    }
}
