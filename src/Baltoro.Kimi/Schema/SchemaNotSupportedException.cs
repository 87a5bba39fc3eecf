namespace Baltoro.Kimi.Schema;

/// <summary>
/// A schema that is malformed, over a limit, or states something that cannot be enforced while decoding. The message
/// names the path and the keyword; nothing of this kind is ever accepted silently.
/// </summary>
public sealed class SchemaNotSupportedException : Exception
{
    public SchemaNotSupportedException(string path, string keyword, string reason)
        : base(path.Length == 0 ? $"At the schema root, keyword '{keyword}': {reason}" : $"At path '{path}', keyword '{keyword}': {reason}")
    {
        Path = path;
        Keyword = keyword;
        Reason = reason;
    }

    /// <summary>Dotted path of the sub-schema, empty for the root.</summary>
    public string Path { get; }

    /// <summary>The keyword at fault.</summary>
    public string Keyword { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
