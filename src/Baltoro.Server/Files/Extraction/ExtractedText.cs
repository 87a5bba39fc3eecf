namespace Baltoro.Server.Files.Extraction;

/// <summary>What was found in a document.</summary>
/// <param name="Text">Its text.</param>
/// <param name="FileType">Its media type.</param>
/// <param name="Title">Its title; empty when it says none.</param>
public sealed record ExtractedText(string Text, string FileType, string Title);
