using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;

namespace Baltoro.Server.Hosting;

/// <summary>A model id with what answers it.</summary>
public sealed record ServedModel(ModelCard Card, IChatBackend Backend)
{
    /// <summary>Tokens of input and output together that can really be used.</summary>
    public int Window => Math.Min(Card.ContextWindow, Backend.ContextWindow);
}
