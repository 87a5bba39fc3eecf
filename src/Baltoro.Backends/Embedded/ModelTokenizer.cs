using Baltoro.Engine.Diagnostics;
using Baltoro.Engine.Weights.Gguf;
using Baltoro.Kimi.Tokenizer;

namespace Baltoro.Backends.Embedded;

/// <summary>
/// Finds the tokenizer of a model: <c>tiktoken.model</c> and <c>tokenizer_config.json</c> in its folder, which are the publisher's own
/// files, otherwise what a GGUF file carries (<c>tokenizer.ggml.*</c>).
/// </summary>
public static class ModelTokenizer
{
    private const string Prefix = "tokenizer.ggml.";
    private const string Model = Prefix + "model";
    private const string Pre = Prefix + "pre";
    private const string Tokens = Prefix + "tokens";
    private const string Types = Prefix + "token_type";
    private const string Merges = Prefix + "merges";
    private const string ByteLevel = "gpt2";
    private const string KimiSplit = "kimi-k2";

    /// <param name="modelPath">A model folder or a GGUF file.</param>
    /// <exception cref="TokenizerFormatException">There is none, or it is garbled or not one of Kimi's.</exception>
    /// <exception cref="ModelFormatException">The GGUF file cannot be read.</exception>
    public static KimiTokenizer Load(string modelPath)
    {
        string folder = EmbeddedModel.FolderOf(modelPath);
        GgufMetadata? metadata = HasFile(folder) ? null : GgufMetadata.Find(modelPath);
        return metadata is not null && metadata.Contains(Tokens)
            ? KimiTokenizer.FromVocabulary(metadata.Path, Read(metadata))
            : KimiTokenizer.Load(folder);
    }

    /// <summary>As <see cref="Load"/>, but null for a model that has no tokenizer at all.</summary>
    public static KimiTokenizer? Find(string modelPath)
    {
        bool isThere = HasFile(EmbeddedModel.FolderOf(modelPath)) || GgufMetadata.Find(modelPath)?.Contains(Tokens) == true;
        return isThere ? Load(modelPath) : null;
    }

    /// <summary>The keys under which <paramref name="tokenizer"/> travels in a GGUF file.</summary>
    public static IReadOnlyList<KeyValuePair<string, GgufValue>> KeysOf(KimiTokenizer tokenizer)
    {
        ByteLevelVocabulary vocabulary = tokenizer.ToVocabulary();
        return
        [
            Pair(Model, ByteLevel),
            Pair(Pre, KimiSplit),
            Pair(Tokens, vocabulary.Tokens.ToArray()),
            Pair(Types, Array.ConvertAll(vocabulary.Types!.ToArray(), type => (int)type)),
            Pair(Merges, vocabulary.Merges.ToArray()),
            Pair(Prefix + "add_bos_token", false),
        ];
    }

    private static bool HasFile(string folder) => File.Exists(Path.Combine(folder, "tiktoken.model"));

    private static ByteLevelVocabulary Read(GgufMetadata metadata)
    {
        Expect(metadata, Model, ByteLevel);
        Expect(metadata, Pre, KimiSplit);
        IReadOnlyList<string> tokens = metadata.Values[Tokens].AsTexts()
            ?? throw Wrong(metadata, Tokens, "an array of strings", metadata.Values[Tokens].ToString());
        IReadOnlyList<long>? types = metadata.TryGet(Types, out GgufValue? value)
            ? value.AsIntegers() ?? throw Wrong(metadata, Types, "an array of whole numbers", value.ToString())
            : null;
        return new ByteLevelVocabulary(tokens, types, []);
    }

    private static void Expect(GgufMetadata metadata, string key, string expected)
    {
        string? found = metadata.FindText(key);
        if (found != expected)
        {
            throw Wrong(metadata, key, $"'{expected}'", found is null ? "no such key" : $"'{found}'");
        }
    }

    private static TokenizerFormatException Wrong(GgufMetadata metadata, string key, string expected, string found) =>
        new(metadata.Path, null, $"{expected} at {key}", found);

    private static KeyValuePair<string, GgufValue> Pair(string key, object value) => new(key, GgufValue.From(value));
}
