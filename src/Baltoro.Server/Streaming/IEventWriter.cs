using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Errors;

namespace Baltoro.Server.Streaming;

/// <summary>Events → server-sent events of one protocol. Pure framing.</summary>
internal interface IEventWriter
{
    /// <summary>Whether everything up to the end mark has been written.</summary>
    bool IsDone { get; }

    /// <summary>What comes before the first event.</summary>
    void WriteStart();

    /// <summary>What <paramref name="next"/> becomes; nothing for an event that waits for a later one.</summary>
    void Write(ChatEvent next);

    /// <summary>The one event that ends a stream that failed.</summary>
    void WriteError(WireError error);
}
