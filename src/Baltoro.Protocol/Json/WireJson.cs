using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Baltoro.Protocol.Chat;
using Baltoro.Protocol.Completions;
using Baltoro.Protocol.Errors;
using Baltoro.Protocol.Health;
using Baltoro.Protocol.Models;
using Baltoro.Protocol.Tokens;

namespace Baltoro.Protocol.Json;

/// <summary>Source-generated JSON of every record the server writes and the clients in this repository read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ChatReply))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelEntry))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(CompletionReply))]
[JsonSerializable(typeof(TokenEstimate))]
public sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>The context to use: text is written as UTF-8, not as escapes (bodies are never embedded in HTML).</summary>
    public static WireJson Wire { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
