using System.Text.Json.Serialization.Metadata;
using Baltoro.Kimi.Cards;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Protocol.Models;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Baltoro.Server.Endpoints;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>; an id's slash may be encoded or not.</summary>
internal sealed class ModelsEndpoint(ModelDirectory models, Authenticate authenticate)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", (RequestDelegate)ListAsync);
        routes.MapGet("/v1/models/{**id}", (RequestDelegate)GetAsync);
    }

    /// <summary>What an unknown id is told, here and in the chat route.</summary>
    public static WireError NotFound(string id) => new(
        ErrorCode.ModelNotFound, $"Not found the model {JsonDescription.Cut(id)} or Permission denied", "model");

    /// <summary>What a key is told that may use other models only.</summary>
    public static WireError NotAllowed(string id, Caller caller) => new(
        ErrorCode.ModelNotAllowed,
        $"This key may not use the model {JsonDescription.Cut(id)}; it may use: {string.Join(", ", caller.Models)}", "model");

    private Task ListAsync(HttpContext context) => AnswerAsync(
        context,
        caller => new ModelList([.. models.All.Where(model => caller.MayUse(model.Card.Id)).Select(EntryOf)]),
        WireJson.Wire.ModelList);

    private async Task GetAsync(HttpContext context)
    {
        string id = Uri.UnescapeDataString(context.Request.RouteValues["id"] as string ?? "");
        (Caller? caller, WireError? error) =
            await authenticate.RunAsync(context.Request, KeyScopes.None, context.RequestAborted).ConfigureAwait(false);
        ServedModel? model = caller?.MayUse(id) == true ? models.Find(id) : null;
        await (model is not null
            ? JsonAnswer.WriteAsync(context, EntryOf(model), WireJson.Wire.ModelEntry)
            : ApiError.WriteAsync(context, error ?? NotFound(id))).ConfigureAwait(false);
    }

    private async Task AnswerAsync<T>(HttpContext context, Func<Caller, T> answer, JsonTypeInfo<T> typeInfo)
    {
        (Caller? caller, WireError? error) =
            await authenticate.RunAsync(context.Request, KeyScopes.None, context.RequestAborted).ConfigureAwait(false);
        await (caller is not null
            ? JsonAnswer.WriteAsync(context, answer(caller), typeInfo)
            : ApiError.WriteAsync(context, error ?? FaultMapper.Internal())).ConfigureAwait(false);
    }

    private static ModelEntry EntryOf(ServedModel model) => new()
    {
        Id = model.Card.Id,
        Created = model.Card.CreatedUnixSeconds,
        OwnedBy = model.Card.OwnedBy,
        ContextLength = model.Window,
        MaxOutputTokens = Math.Min(model.Card.MaxOutputTokens, model.Window),
        SupportsImageIn = model.Backend.TakesImages,
        SupportsVideoIn = model.Backend.TakesVideo,
        SupportsReasoning = true,
        SupportsThinkingType = model.Card.Thinking == ThinkingPolicy.Always ? "only" : "both",
        ServedBy = model.Backend.Name,
        TrainedContext = model.Backend.TrainedContext,
    };
}
