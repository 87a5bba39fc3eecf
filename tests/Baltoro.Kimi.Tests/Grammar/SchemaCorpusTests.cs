using System.Text.Json;
using Baltoro.Kimi.Grammar;
using Baltoro.Kimi.Schema;
using Baltoro.Kimi.Tests.Support;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>Over 200 valid schemas of the platform's subset: each compiles, and what is drawn under it validates.</summary>
[Collection(nameof(GrammarCollection))]
public class SchemaCorpusTests(AjvOracle oracle)
{
    private static readonly string[] Schemas = File.ReadAllLines(TestPaths.Data("grammar", "mfjs-schemas.jsonl"));

    [Fact]
    public void Corpus_IsLargeEnough() => Assert.True(Schemas.Length >= 200);

    [Fact]
    public void EverySchema_IsValidMfjs()
    {
        foreach (string schema in Schemas)
        {
            using JsonDocument document = JsonDocument.Parse(schema);
            Assert.True(MfjsValidator.Check(document.RootElement, MfjsLevel.Ultra) is null, $"{schema}: {MfjsValidator.Check(document.RootElement, MfjsLevel.Ultra)}");
        }
    }

    [Fact]
    public void EverySchema_DrawnDocuments_Validate()
    {
        oracle.Require();
        int seed = Seeds.Next();
        var random = new Random(seed);
        foreach (string schema in Schemas)
        {
            CompiledGrammar grammar = Compiling.Compile(schema);
            oracle.SetSchema(schema);
            for (int i = 0; i < 3; i++)
            {
                string document = RandomWriter.Write(grammar, Vocabularies.Small, random, random.Next(1, 60));
                Assert.True(oracle.IsValid(document, out string error), $"schema {schema}\ndocument {document}\n{error}");
            }
        }
    }

    [Fact]
    public void RealVocabulary_DrawnDocuments_Validate()
    {
        oracle.Require();
        TokenVocabulary vocabulary = TokenVocabulary.FromTokenizer(RealTokenizer.Get());
        int seed = Seeds.Next();
        var random = new Random(seed);
        for (int i = random.Next(20); i < Schemas.Length; i += 20)
        {
            oracle.SetSchema(Schemas[i]);
            string document = RandomWriter.Write(Compiling.Compile(Schemas[i]), vocabulary, random, 10);
            Assert.True(oracle.IsValid(document, out string error), $"schema {Schemas[i]}\ndocument {document}\n{error}");
        }
    }
}
