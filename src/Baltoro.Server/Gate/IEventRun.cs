using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Gate;

/// <summary>The events of one answer, to be read once to the end.</summary>
internal interface IEventRun : IAsyncDisposable
{
    /// <summary>Whether it was cancelled from our side or the client's.</summary>
    bool IsCancelled { get; }

    /// <summary>The next event, or null at the end. Never throws for a failing backend: that is a fault event.</summary>
    ValueTask<ChatEvent?> NextAsync();

    /// <summary>Settles a run that is complete, before its end is told to the client; does nothing for any other.</summary>
    ValueTask SettleCompletedAsync();
}
