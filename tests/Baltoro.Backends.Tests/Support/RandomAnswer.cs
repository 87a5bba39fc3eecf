using Baltoro.Kimi.Conversation;

namespace Baltoro.Backends.Tests.Support;

/// <summary>The first choice of an answer, put together.</summary>
internal sealed record RandomAnswer
{
    public string Reasoning { get; init; } = "";

    public string Text { get; init; } = "";

    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    public ChatFinishReason? Finish { get; init; }

    public override string ToString() => $"{Finish} [{Reasoning}] [{Text}] {string.Join(" ", Calls)}";
}
