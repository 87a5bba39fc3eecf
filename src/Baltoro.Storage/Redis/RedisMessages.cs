using System.Text.Json.Serialization;

namespace Baltoro.Storage.Redis;

/// <summary>Source-generated JSON of the messages between program and scripts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RedisAsk))]
[JsonSerializable(typeof(RedisAnswer))]
[JsonSerializable(typeof(RedisLoad))]
[JsonSerializable(typeof(RedisStoredHold))]
internal sealed partial class RedisMessages : JsonSerializerContext;
