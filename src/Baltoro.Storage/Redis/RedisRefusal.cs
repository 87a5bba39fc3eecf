namespace Baltoro.Storage.Redis;

/// <summary>The limit that binds.</summary>
internal sealed record RedisRefusal(string Scope, string Dimension, double Limit, double Current, double Requested, double? Frees);
