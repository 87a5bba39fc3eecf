using System.Security.Cryptography;
using System.Text.Json;
using Baltoro.Platform.Identity;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Json;
using Baltoro.Server.Errors;
using Baltoro.Server.Gate;
using Baltoro.Server.Hosting;
using Baltoro.Server.Mapping;
using Baltoro.Server.Media;
using Microsoft.AspNetCore.Http;

namespace Baltoro.Server.Endpoints;

/// <summary>
/// The stages before a conversation runs or is counted: 1 authenticate · 2 read the body · 3 check its JSON · 4 find the
/// model · 5 read fields · 6 map.
/// </summary>
internal sealed class ChatIntake(ServerServices services, ServerOptions options, Authenticate authenticate, MediaLoader media)
{
    private const int IdBytes = 12;

    /// <summary>Stages 1 and 2.</summary>
    public async ValueTask<(Caller? Caller, ReadOnlyMemory<byte> Body, WireError? Error)> ReceiveAsync(HttpContext context)
    {
        CancellationToken aborted = context.RequestAborted;
        (Caller? caller, WireError? error) = await authenticate.RunAsync(context.Request, aborted).ConfigureAwait(false);
        if (caller is null)
        {
            return (null, default, error);
        }

        (ReadOnlyMemory<byte> body, error) =
            await RequestBody.ReadAsync(context.Request, options.MaxBodyBytes, aborted).ConfigureAwait(false);
        return error is null ? (caller, body, null) : (null, default, error);
    }

    /// <summary>
    /// Whether the caller of a repeat may ask this body's model now, by the same stages as a fresh request (1 to 4); false: it has been
    /// answered why not.
    /// </summary>
    public async ValueTask<bool> MayRepeatAsync(HttpContext context)
    {
        (Caller? caller, ReadOnlyMemory<byte> body, WireError? error) = await ReceiveAsync(context).ConfigureAwait(false);
        if (caller is not null)
        {
            error = JsonGuard.TryParse(body, out JsonDocument? document);
            using (document)
            {
                error ??= document is null
                    ? FaultMapper.Internal()
                    : new ChatRequestReader(document.RootElement).ReadModel(out string id) ?? TryFind(id, caller, out _);
            }
        }

        if (error is null)
        {
            return true;
        }

        await ApiError.WriteAsync(context, error).ConfigureAwait(false);
        return false;
    }

    /// <summary>Stages 3 to 6 of a conversation; pictures that are only referred to are loaded before they are mapped.</summary>
    public async ValueTask<(ServedModel? Model, MappedRequest? Mapped, WireError? Error)> MapAsync(
        ReadOnlyMemory<byte> body, Caller caller, CancellationToken cancellationToken)
    {
        WireError? error = TryReadWire(body, caller, out ServedModel? model, out ChatCompletionRequest? wire);
        if (model is null || wire is null)
        {
            return (null, null, error);
        }

        (wire, error) = await media.LoadAsync(wire, model.Backend, caller.OrganizationId, cancellationToken).ConfigureAwait(false);
        MediaRules rules = new(model.Backend.TakesImages, model.Backend.TakesVideo);
        MappedRequest? mapped = null;
        error ??= ChatMapper.TryMap(wire, model.Card, rules, NewId("chatcmpl"), caller.OrganizationId, out mapped);
        return (model, mapped, error);
    }

    private WireError? TryReadWire(ReadOnlyMemory<byte> body, Caller caller, out ServedModel? model, out ChatCompletionRequest? wire)
    {
        model = null;
        wire = null;
        WireError? error = JsonGuard.TryParse(body, out JsonDocument? document);
        using (document)
        {
            if (document is null)
            {
                return error;
            }

            ChatRequestReader reader = new(document.RootElement);
            return reader.ReadModel(out string id) ?? TryFind(id, caller, out model) ?? reader.Read(out wire);
        }
    }

    /// <summary>The model of <paramref name="id"/>, or the error that there is none or that the caller's key may not use it.</summary>
    public WireError? TryFind(string id, Caller caller, out ServedModel? model)
    {
        model = services.Models.Find(id);
        return model is null ? ModelsEndpoint.NotFound(id) : caller.MayUse(id) ? null : ModelsEndpoint.NotAllowed(id, caller);
    }

    /// <summary>A new id of an answer.</summary>
    public static string NewId(string prefix) => $"{prefix}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes))}";
}
