namespace Baltoro.Server.Files.Extraction;

/// <summary>No text can be found in a document; the message says why.</summary>
internal sealed class ExtractionException(string message, Exception? inner = null) : Exception(message, inner);
