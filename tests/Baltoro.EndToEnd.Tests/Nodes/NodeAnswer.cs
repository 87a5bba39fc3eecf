namespace Baltoro.EndToEnd.Tests.Nodes;

/// <summary>What a node said to a chat request.</summary>
internal sealed record NodeAnswer(int Status, string Id, int PromptTokens, int CompletionTokens, string Text);
