namespace Baltoro.Cli.Composition;

/// <summary>A rendered prompt.</summary>
/// <param name="Text">As text, special tokens spelled out.</param>
/// <param name="TokenIds">As ids.</param>
internal sealed record RenderedPrompt(string Text, IReadOnlyList<int> TokenIds);
