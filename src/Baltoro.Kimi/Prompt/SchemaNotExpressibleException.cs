namespace Baltoro.Kimi.Prompt;

/// <summary>A JSON schema has no TypeScript form; the declaration then uses JSON.</summary>
internal sealed class SchemaNotExpressibleException(string reason) : Exception(reason);
