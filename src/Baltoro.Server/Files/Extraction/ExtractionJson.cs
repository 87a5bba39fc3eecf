using System.Text.Json.Serialization;

namespace Baltoro.Server.Files.Extraction;

/// <summary>How parent and child write down what was found: problem, text, type, title.</summary>
[JsonSerializable(typeof(string?[]))]
internal sealed partial class ExtractionJson : JsonSerializerContext;
