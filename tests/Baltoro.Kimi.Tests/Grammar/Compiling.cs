using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Schema;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Short forms for tests that compile schemas.</summary>
internal static class Compiling
{
    public static CompiledGrammar Compile(string schema, SchemaLimits? limits = null)
    {
        using JsonDocument document = JsonDocument.Parse(schema);
        return CompiledGrammar.Compile(document.RootElement, limits);
    }

    /// <summary>Null when the schema is refused.</summary>
    public static CompiledGrammar? TryCompile(string schema)
    {
        try
        {
            return Compile(schema);
        }
        catch (SchemaNotSupportedException)
        {
            return null;
        }
    }

    public static bool Accepts(CompiledGrammar grammar, string document)
    {
        var matcher = new GrammarMatcher(grammar, Vocabularies.Small);
        return matcher.TryAccept(Encoding.UTF8.GetBytes(document)) && matcher.IsComplete;
    }

    public static bool Accepts(string schema, string document) => Accepts(Compile(schema), document);
}
