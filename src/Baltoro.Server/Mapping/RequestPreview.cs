using System.Text.Json;
using Baltoro.Kimi.Cards;
using Baltoro.Kimi.Conversation;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;

namespace Baltoro.Server.Mapping;

/// <summary>Maps a chat request's JSON exactly as the route does, without running it; for <c>inspect prompt</c>.</summary>
public static class RequestPreview
{
    private const string PreviewId = "preview";

    /// <summary>The neutral request, or the message the route would answer with. The budget is not fitted.</summary>
    public static (ChatRequest? Request, string? Problem) Map(ReadOnlyMemory<byte> body, ModelCatalog catalog)
    {
        WireError? error = JsonGuard.TryParse(body, out JsonDocument? document);
        using (document)
        {
            if (document is null)
            {
                return (null, error?.Message);
            }

            ChatRequestReader reader = new(document.RootElement);
            if (reader.ReadModel(out string id) is { } modelError)
            {
                return (null, modelError.Message);
            }

            if (!catalog.TryGet(id, out ModelCard? card))
            {
                return (null, $"there is no model '{JsonDescription.Cut(id)}'");
            }

            error = reader.Read(out ChatCompletionRequest? wire);
            if (wire is null)
            {
                return (null, error?.Message);
            }

            error = ChatMapper.TryMap(wire, card, new MediaRules(takesImages: true, takesVideo: true), PreviewId, PreviewId, out MappedRequest? mapped);
            return (mapped?.Chat, error?.Message);
        }
    }
}
