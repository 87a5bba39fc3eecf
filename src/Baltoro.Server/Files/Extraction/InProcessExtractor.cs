namespace Baltoro.Server.Files.Extraction;

/// <summary>
/// Extracts in this process. For documents one trusts, and for the process that <see cref="ChildProcessExtractor"/> starts.
/// </summary>
public sealed class InProcessExtractor : ITextExtractor
{
    /// <inheritdoc/>
    public ValueTask<(ExtractedText? Found, string? Problem)> ExtractAsync(Stream file, string name, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return ValueTask.FromResult<(ExtractedText?, string?)>((DocumentText.Extract(file, name), null));
        }
        catch (ExtractionException refused)
        {
            return ValueTask.FromResult<(ExtractedText?, string?)>((null, refused.Message));
        }
    }
}
