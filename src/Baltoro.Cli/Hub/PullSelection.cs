using System.IO.Enumeration;

namespace Baltoro.Cli.Hub;

/// <summary>Which files of a repository a model needs.</summary>
internal static class PullSelection
{
    private static readonly string[] _usual =
    [
        "*.safetensors", "*.safetensors.index.json", "*.gguf", "config.json", "generation_config.json", "preprocessor_config.json",
        "tokenizer_config.json", "special_tokens_map.json", "tiktoken.model", "chat_template.jinja", "LICENSE*", "README.md",
    ];

    /// <summary>Files whose path or name matches one of <paramref name="patterns"/> (* and ?), or the usual ones of a model.</summary>
    public static IReadOnlyList<HubFile> Choose(HubRepository repository, IReadOnlyList<string> patterns)
    {
        IReadOnlyList<string> wanted = patterns.Count > 0 ? patterns : _usual;
        return [.. repository.Files.Where(file => wanted.Any(pattern => Matches(pattern, file.Name)))];
    }

    private static bool Matches(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern, name.AsSpan(name.LastIndexOf('/') + 1), ignoreCase: false);
}
