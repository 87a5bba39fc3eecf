using System.Text;
using System.Text.Json;
using Baltoro.Kimi.Grammar;
using CsCheck;

namespace Baltoro.Kimi.Tests.Grammar;

/// <summary>
/// Random schemas: whatever a model draws from the mask parses and validates (Ajv judges), masks equal brute force over
/// the bytes of every token, and cuts between tokens do not matter.
/// </summary>
[Collection(nameof(GrammarCollection))]
public class RandomSchemaTests(AjvOracle oracle, ITestOutputHelper output)
{
    private static int Iterations => Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 5000 : 400;

    [Fact]
    public void DrawnDocument_OfRandomSchema_Validates()
    {
        oracle.Require();
        int compiled = 0;
        Gen.Int[1, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                string schema = new RandomSchemas(random).Next();
                if (!TryCompile(schema, out CompiledGrammar? grammar))
                {
                    return;
                }

                compiled++;
                oracle.SetSchema(schema);
                for (int i = 0; i < 4; i++)
                {
                    string document = RandomWriter.Write(grammar!, Vocabularies.Small, random, random.Next(1, 60));
                    using JsonDocument parsed = JsonDocument.Parse(document);
                    Assert.True(oracle.IsValid(document, out string error), $"seed {seed}\nschema {schema}\ndocument {document}\n{error}");
                }
            },
            iter: Iterations,
            threads: 1);
        output.WriteLine($"{compiled} of {Iterations} schemas compiled");
        Assert.True(compiled > Iterations * 2 / 5, $"only {compiled} of {Iterations} random schemas were accepted"); // 2,000 in a soak run
    }

    [Fact]
    public void Mask_OfRandomState_EqualsBruteForceOverTokens()
    {
        TokenVocabulary vocabulary = Vocabularies.Small;
        Gen.Int[1, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                string schema = new RandomSchemas(random).Next();
                if (!TryCompile(schema, out CompiledGrammar? grammar))
                {
                    return;
                }

                byte[] document = Encoding.UTF8.GetBytes(RandomWriter.Write(grammar!, vocabulary, random, random.Next(1, 30)));
                int cut = random.Next(document.Length + 1);
                var mask = new ulong[vocabulary.WordCount];
                var matcher = new GrammarMatcher(grammar!, vocabulary);
                Assert.True(matcher.TryAccept(document.AsSpan(0, cut)));
                matcher.FillMask(mask);
                for (int token = 0; token < vocabulary.Size; token++)
                {
                    var other = new GrammarMatcher(grammar!, vocabulary);
                    Assert.True(other.TryAccept(document.AsSpan(0, cut)));
                    bool expected = token is not (Vocabularies.EndId or Vocabularies.SpecialId);
                    foreach (byte value in vocabulary.BytesOf(token))
                    {
                        expected = expected && other.TryAccept([value]);
                    }

                    Assert.True(expected == ((mask[token >> 6] >> token & 1) != 0), $"seed {seed}\nschema {schema}\nafter {Encoding.UTF8.GetString(document, 0, cut)}\ntoken {token} should be {expected}");
                }
            },
            iter: Iterations / 4,
            threads: 1);
    }

    [Fact]
    public void Text_CutAnywhere_IsAcceptedAlike() =>
        Gen.Int[1, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                if (!TryCompile(new RandomSchemas(random).Next(), out CompiledGrammar? grammar))
                {
                    return;
                }

                byte[] document = Encoding.UTF8.GetBytes(RandomWriter.Write(grammar!, Vocabularies.Small, random, 30));
                if (random.Next(2) == 0 && document.Length > 0)
                {
                    document[random.Next(document.Length)] = (byte)random.Next(256);
                }

                var whole = new GrammarMatcher(grammar!, Vocabularies.Small);
                bool expected = whole.TryAccept(document);
                var pieces = new GrammarMatcher(grammar!, Vocabularies.Small);
                bool accepted = true;
                for (int from = 0; from < document.Length && accepted;)
                {
                    int count = Math.Min(random.Next(1, 6), document.Length - from);
                    accepted = pieces.TryAccept(document.AsSpan(from, count));
                    from += count;
                }

                Assert.Equal(expected, accepted);
                Assert.Equal(expected && whole.IsComplete, accepted && pieces.IsComplete);
            },
            iter: Iterations,
            threads: 1);

    [Fact]
    public void ForcedBytes_AreTheOnlyOnesAllowed() =>
        Gen.Int[1, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                if (!TryCompile(new RandomSchemas(random).Next(), out CompiledGrammar? grammar))
                {
                    return;
                }

                var matcher = new GrammarMatcher(grammar!, Vocabularies.Small);
                byte[] document = Encoding.UTF8.GetBytes(RandomWriter.Write(grammar!, Vocabularies.Small, random, 20));
                for (int at = 0; at < document.Length; at++)
                {
                    byte[] forced = matcher.ForcedBytes().ToArray();
                    Assert.True(document.AsSpan(at).StartsWith(forced), $"seed {seed}: forced {Encoding.UTF8.GetString(forced)} at {at} of {Encoding.UTF8.GetString(document)}");
                    Assert.True(matcher.TryAccept(document.AsSpan(at, 1)));
                }
            },
            iter: Iterations,
            threads: 1);

    private static bool TryCompile(string schema, out CompiledGrammar? grammar)
    {
        grammar = Compiling.TryCompile(schema);
        return grammar is not null;
    }
}
