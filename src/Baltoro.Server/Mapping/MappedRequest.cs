using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;

namespace Baltoro.Server.Mapping;

/// <summary>A request that is valid in every respect but its size.</summary>
/// <param name="Wire">As the client sent it.</param>
/// <param name="Chat">As backends take it; its budget is not decided yet.</param>
internal sealed record MappedRequest(ChatCompletionRequest Wire, ChatRequest Chat);
