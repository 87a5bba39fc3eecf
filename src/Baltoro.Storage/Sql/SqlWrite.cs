namespace Baltoro.Storage.Sql;

/// <summary>A statement and its parameters in order; values are long, string, byte[] or null.</summary>
internal readonly record struct SqlWrite(string Sql, object?[] Values);
