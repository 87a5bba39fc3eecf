namespace Baltoro.Cli.Composition;

/// <summary>What <c>bench engine</c> measures.</summary>
internal sealed record EngineBenchSettings(string ModelPath, int PromptTokens, int NewTokens, int Streams, int? Threads);
