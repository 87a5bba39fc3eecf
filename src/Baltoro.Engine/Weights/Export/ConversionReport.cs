namespace Baltoro.Engine.Weights.Export;

/// <summary>What a conversion wrote.</summary>
/// <param name="ModelPath">The GGUF file.</param>
/// <param name="SourceBytes">Bytes of the source's tensors.</param>
/// <param name="WrittenBytes">Bytes of the new file.</param>
/// <param name="SideFiles">Names of the files beside it: the vision tower written, and those copied (config, tokenizer, template).</param>
public sealed record ConversionReport(string ModelPath, long SourceBytes, long WrittenBytes, IReadOnlyList<string> SideFiles);
