using System.Text;
using System.Text.Json.Nodes;
using Baltoro.Kimi.Grammar;
using CsCheck;

namespace Baltoro.Kimi.Tests.Grammar.Exact;

/// <summary>
/// The mask is exact: for random small schemas every document is written out by the meaning of the keywords alone. Behind
/// every beginning of every document, the tokens of a random vocabulary that are allowed are those with which some
/// document goes on, and no other; so are single bytes, whole documents and forced bytes.
/// </summary>
public class ExactMaskTests(ITestOutputHelper output)
{
    private const int MaxDocuments = 1_500;
    private const int Depth = 2;

    /// <summary>A token may open one level of nesting per byte, and the last level has to be closed again.</summary>
    private const int MaxTokenBytes = 5;

    [Fact]
    public void AllowedTokens_BehindEveryBeginning_AreThoseThatADocumentGoesOnWith()
    {
        int iterations = Environment.GetEnvironmentVariable("BALTORO_SOAK") == "1" ? 6_000 : 300;
        (int Schemas, long States, long Tokens) proved = default;
        Gen.Int[1, int.MaxValue].Sample(
            seed =>
            {
                var random = new Random(seed);
                SmallAlphabet alphabet = SmallAlphabet.All[random.Next(SmallAlphabet.All.Count)];
                JsonObject schema = new SmallSchemas(random, alphabet).Next();
                Prove(schema, alphabet, random, $"seed {seed}\nschema {schema.ToJsonString()}", ref proved);
            },
            iter: iterations,
            threads: 1);
        output.WriteLine($"{proved.Schemas} schemas of {iterations}, {proved.States} states, {proved.Tokens} tokens allowed");
        Assert.True(proved.Schemas > iterations / 4, $"only {proved.Schemas} of {iterations} schemas were small enough");
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"null"}},"additionalProperties":{"type":"null"},"propertyNames":{"maxLength":1},"minProperties":2,"maxProperties":2}""")]
    [InlineData("""{"type":"object","properties":{"a":{"const":1},"ab":{"const":1},"b":{"const":1}},"additionalProperties":false,"minProperties":2,"maxProperties":2}""")]
    [InlineData("""{"type":"array","items":{"enum":[1,12,121,-1]},"minItems":1,"maxItems":3}""")]
    [InlineData("""{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"a":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["a"],"additionalProperties":false}}}""")]
    [InlineData("""{"anyOf":[{"type":"string","pattern":"^a","maxLength":2},{"enum":["ab","b"]},{"type":"object","properties":{"a":{"const":"b"}},"additionalProperties":false}]}""")]
    public void AllowedTokens_OfHardSchemas_AreThoseThatADocumentGoesOnWith(string schema)
    {
        (int Schemas, long States, long Tokens) proved = default;
        for (int seed = 1; seed <= 10; seed++)
        {
            Prove(JsonNode.Parse(schema)!.AsObject(), SmallAlphabet.All[0], new Random(seed), $"seed {seed}\nschema {schema}", ref proved);
        }

        Assert.Equal(10, proved.Schemas);
    }

    private static void Prove(JsonObject schema, SmallAlphabet alphabet, Random random, string told, ref (int Schemas, long States, long Tokens) proved)
    {
        var language = new SmallLanguage(schema, alphabet, MaxDocuments);
        if (language.Documents(Depth) is not { } documents || language.Documents(Depth + MaxTokenBytes + 1) is not { } deeper)
        {
            return;
        }

        if (Compiling.TryCompile(schema.ToJsonString()) is not { } grammar)
        {
            // Refused by design: branches of oneOf that overlap, names that cannot be kept apart.
            bool mayRefuse = told.Contains("oneOf", StringComparison.Ordinal) || told.Contains("minProperties", StringComparison.Ordinal);
            Assert.True(mayRefuse || documents.Count == 0, $"{told}\nrefused, but {documents.FirstOrDefault()} is valid");
            return;
        }

        Assert.True(documents.Count > 0, $"{told}\nhas no document, but compiles");
        proved.Schemas++;
        string[] tokens = Tokens(random, alphabet, documents);
        var vocabulary = new TokenVocabulary([.. tokens.Select(token => (ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(token))], new HashSet<int>());
        Compare(grammar, vocabulary, tokens, alphabet, (documents, deeper), told, ref proved);
    }

    private static void Compare(
        CompiledGrammar grammar,
        TokenVocabulary vocabulary,
        string[] tokens,
        SmallAlphabet alphabet,
        (IReadOnlyCollection<string> Documents, IReadOnlyCollection<string> Deeper) language,
        string told,
        ref (int Schemas, long States, long Tokens) proved)
    {
        var truth = new DocumentTree(language.Deeper);
        foreach ((string beginning, _) in new DocumentTree(language.Documents).Beginnings())
        {
            string at = $"{told}\nbehind {beginning}";
            DocumentTree node = truth.After(beginning)!; // Every document is among the deeper ones.
            var matcher = new GrammarMatcher(grammar, vocabulary);
            Assert.True(matcher.TryAccept(Encoding.Latin1.GetBytes(beginning)), $"{at}: refused");
            Assert.True(matcher.IsComplete == node.IsDocument, $"{at}: complete is {matcher.IsComplete}");
            var mask = new ulong[vocabulary.WordCount];
            matcher.FillMask(mask);
            for (int token = 0; token < tokens.Length; token++)
            {
                bool expected = node.After(tokens[token]) is not null;
                bool allowed = (mask[token >> 6] >> token & 1) != 0;
                Assert.True(expected == allowed, $"{at}: token '{tokens[token]}' is {(allowed ? "allowed and leads to no document" : "refused and leads to a document")}");
                proved.Tokens += allowed ? 1 : 0;
            }

            CheckForced(matcher, node, at);
            CheckBytes(matcher, grammar, vocabulary, alphabet, beginning, node, at);
            proved.States++;
        }
    }

    private static void CheckBytes(
        GrammarMatcher matcher, CompiledGrammar grammar, TokenVocabulary vocabulary, SmallAlphabet alphabet, string beginning, DocumentTree node, string at)
    {
        foreach (char value in alphabet.Bytes)
        {
            bool accepted = matcher.TryAccept([(byte)value]);
            Assert.True(accepted == node.Children.ContainsKey(value), $"{at}: byte '{value}' accepted is {accepted}");
            if (accepted)
            {
                matcher = new GrammarMatcher(grammar, vocabulary);
                matcher.TryAccept(Encoding.Latin1.GetBytes(beginning));
            }
        }
    }

    private static void CheckForced(GrammarMatcher matcher, DocumentTree node, string at)
    {
        string forced = Encoding.Latin1.GetString(matcher.ForcedBytes());
        foreach (char value in forced)
        {
            Assert.True(!node.IsDocument && node.Children.Count == 1 && node.Children.ContainsKey(value), $"{at}: '{forced}' is not forced");
            node = node.Children[value];
        }

        Assert.True(!matcher.ForcedToTheEnd || (node.IsDocument && node.Children.Count == 0), $"{at}: '{forced}' is not the end");
    }

    /// <summary>12 to 20 short tokens: pieces of documents, bytes put together at random, single bytes.</summary>
    private static string[] Tokens(Random random, SmallAlphabet alphabet, IReadOnlyCollection<string> documents)
    {
        HashSet<string> tokens = [];
        int wanted = random.Next(12, 21);
        string[] all = [.. documents];
        while (tokens.Count < wanted)
        {
            int length = random.Next(1, MaxTokenBytes + 1);
            string document = all[random.Next(all.Length)];
            int from = random.Next(document.Length);
            string token = random.Next(3) > 0
                ? document.Substring(from, Math.Min(length, document.Length - from))
                : string.Concat(Enumerable.Range(0, length).Select(_ => alphabet.Bytes[random.Next(alphabet.Bytes.Length)]));
            tokens.Add(token.All(alphabet.Bytes.Contains) ? token : $"{alphabet.Bytes[random.Next(alphabet.Bytes.Length)]}");
        }

        return [.. tokens];
    }
}
