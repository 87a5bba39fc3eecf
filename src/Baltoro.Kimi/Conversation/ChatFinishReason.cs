namespace Baltoro.Kimi.Conversation;

public enum ChatFinishReason
{
    /// <summary>The model ended its turn, or a stop text was met.</summary>
    Stop,

    /// <summary>The completion budget or the window was used up.</summary>
    Length,

    /// <summary>The model called at least one tool.</summary>
    ToolCalls,
}
