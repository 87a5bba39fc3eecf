namespace Baltoro.Server.Files.Extraction;

/// <summary>Finds the text of documents. Safe for concurrent use.</summary>
public interface ITextExtractor
{
    /// <summary>The text of <paramref name="file"/>, a stream that can be read from its start, or why there is none.</summary>
    ValueTask<(ExtractedText? Found, string? Problem)> ExtractAsync(Stream file, string name, CancellationToken cancellationToken);
}
