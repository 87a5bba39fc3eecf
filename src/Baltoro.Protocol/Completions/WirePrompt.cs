namespace Baltoro.Protocol.Completions;

/// <summary>One raw prompt as sent: text or token ids, the other is null.</summary>
public sealed record WirePrompt(string? Text, IReadOnlyList<int>? Ids);
