using System.Text.Json.Serialization;

namespace Baltoro.Kimi.Grammar.Compile;

/// <summary>Serialization of property names without reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class NameContext : JsonSerializerContext;
